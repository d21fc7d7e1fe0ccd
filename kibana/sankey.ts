/** The flow from page to page as a Vega specification: the pages before on the left, the pages after on the right, a band for each step. */

import { toQuery } from '../panels/filter';
import type { CountPanel, Split } from '../panels/panel';
import { colors } from './colors';

const NODE_WIDTH = 14;
const LABEL_WIDTH = 220;

/** @param data the rows' data set; without it they come from the index, filtered and in the range as the dashboard says. */
export function toSankey(panel: CountPanel, index: string, vegaMajor: number, data = fromIndex(panel, index)): object {
  return {
    $schema: `https://vega.github.io/schema/vega/v${vegaMajor}.json`,
    padding: 8,
    autosize: { type: 'fit', contains: 'padding' },
    data: [data, steps, nodes('sources', 'from', 'y0', 'y1'), nodes('targets', 'to', 'y2', 'y3')],
    scales: [
      {
        name: 'hue',
        type: 'ordinal',
        domain: { data: 'sources', field: 'from' },
        range: [colors.main, colors.good, '#8f6bb3', '#c9893a', '#4aa3b5', '#b35c7d', '#7d8c3c', '#6b7a8f'],
      },
    ],
    marks: [bands, ...column('sources', 'from', true), ...column('targets', 'to', false)],
  };
}

function fromIndex({ where, by }: CountPanel, index: string): object {
  const terms = (split: Split) =>
    split.by === 'field'
      ? { terms: { field: split.field, size: split.size, order: [{ _count: 'desc' }, { _key: 'asc' }] } }
      : {};
  const [from, to] = by.map(terms);
  const steps = { filter: where === undefined ? { match_all: {} } : toQuery(where) };
  return {
    name: 'rows',
    url: {
      '%context%': true,
      '%timefield%': '@timestamp',
      index,
      body: { size: 0, aggs: { steps: { ...steps, aggs: { from: { ...from, aggs: { to } } } } } },
    },
    format: { property: 'aggregations.steps.from.buckets' },
  };
}

/** From events to pixels. */
const pixels = (events: string) => `${events} / extent[1] * height`;

/**
 * One row for each step. Both sides are stacked in the order of their pages, so that a band ends where its page stands. Paths are worked
 * out here and not by the marks: there, Vega 3 does not know the signals.
 */
const steps = {
  name: 'steps',
  source: 'rows',
  transform: [
    { type: 'flatten', fields: ['to.buckets'], as: ['next'] },
    { type: 'formula', expr: 'datum.key', as: 'from' },
    { type: 'formula', expr: 'datum.next.key', as: 'to' },
    { type: 'formula', expr: 'datum.next.doc_count', as: 'events' },
    { type: 'stack', field: 'events', sort: { field: ['from', 'to'] }, as: ['y0', 'y1'] },
    { type: 'stack', field: 'events', sort: { field: ['to', 'from'] }, as: ['y2', 'y3'] },
    { type: 'extent', field: 'y1', signal: 'extent' },
    { type: 'formula', expr: `${LABEL_WIDTH + NODE_WIDTH}`, as: 'sourceX' },
    { type: 'formula', expr: pixels('(datum.y0 + datum.y1) / 2'), as: 'sourceY' },
    { type: 'formula', expr: `width - ${LABEL_WIDTH + NODE_WIDTH}`, as: 'targetX' },
    { type: 'formula', expr: pixels('(datum.y2 + datum.y3) / 2'), as: 'targetY' },
    { type: 'formula', expr: `max(1, ${pixels('datum.events')})`, as: 'thickness' },
    {
      type: 'linkpath',
      orient: 'horizontal',
      shape: 'diagonal',
      sourceX: 'sourceX',
      sourceY: 'sourceY',
      targetX: 'targetX',
      targetY: 'targetY',
    },
  ],
};

function nodes(name: string, field: string, top: string, bottom: string): object {
  const aggregate = {
    type: 'aggregate',
    groupby: [field],
    fields: [top, bottom, 'events'],
    ops: ['min', 'max', 'sum'],
    as: ['first', 'last', 'events'],
  };
  return {
    name,
    source: 'steps',
    transform: [
      aggregate,
      { type: 'formula', expr: pixels('datum.first'), as: 'top' },
      { type: 'formula', expr: pixels('datum.last'), as: 'bottom' },
    ],
  };
}

const bands = {
  type: 'path',
  // Bounds of thick strokes are overestimated, and the drawing would shrink to fit them.
  clip: true,
  from: { data: 'steps' },
  encode: {
    update: {
      path: { field: 'path' },
      stroke: { scale: 'hue', field: 'from' },
      strokeOpacity: { value: 0.35 },
      strokeWidth: { field: 'thickness' },
      tooltip: { signal: "datum.from + ' → ' + datum.to + ': ' + format(datum.events, ',')" },
    },
    hover: { strokeOpacity: { value: 0.7 } },
  },
};

/** The pages of one side: a bar as high as its steps, and its name beside it. */
function column(data: string, field: string, isLeft: boolean): readonly object[] {
  const x = isLeft ? `${LABEL_WIDTH}` : `width - ${LABEL_WIDTH + NODE_WIDTH}`;
  const labelX = isLeft ? `${LABEL_WIDTH - 6}` : `width - ${LABEL_WIDTH - 6}`;
  return [
    {
      type: 'rect',
      from: { data },
      encode: {
        update: {
          x: { signal: x },
          width: { value: NODE_WIDTH },
          y: { field: 'top' },
          y2: { field: 'bottom' },
          fill: { value: colors.main },
          stroke: { value: '#fff' },
        },
      },
    },
    {
      type: 'text',
      from: { data },
      encode: {
        update: {
          x: { signal: labelX },
          y: { signal: '(datum.top + datum.bottom) / 2' },
          align: { value: isLeft ? 'right' : 'left' },
          baseline: { value: 'middle' },
          limit: { value: LABEL_WIDTH - 12 },
          text: { signal: `datum.${field} + '  ' + format(datum.events, ',')` },
          fill: { value: '#69707d' },
        },
      },
    },
  ];
}

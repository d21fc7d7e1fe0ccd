/** The flow from page to page as a Vega specification: the pages before on the left, the pages after on the right, a band for each step. */
import type { CountPanel, Split } from '../panels/panel';
import { PanelError, unreachable } from '../panels/panel-error';
import { toQuery } from '../store/search/to-query';
import { MOST_PRECISION } from '../store/search/to-search';
import type { Target } from './saved-object';
import { colors } from './time-chart';

const NODE_WIDTH = 14;
const LABEL_WIDTH = 220;

/**
 * @param data the rows' data set; by default they come from the index, with the dashboard's filters and time range.
 * @throws PanelError if bands cannot show the panel.
 */
export function toSankey(
  panel: CountPanel,
  target: Target,
  index: string,
  data = fromIndex(panel, target, index),
): object {
  return {
    $schema: `https://vega.github.io/schema/vega/v${target.vegaMajor}.json`,
    padding: 8,
    autosize: { type: 'fit', contains: 'padding' },
    data: [
      data,
      steps(thickness(panel, target).value),
      nodes('sources', 'from', 'y0', 'y1'),
      nodes('targets', 'to', 'y2', 'y3'),
    ],
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

function fromIndex(panel: CountPanel, target: Target, index: string): object {
  const { where, by } = panel;
  const terms = (split: Split | undefined) => {
    if (split?.by !== 'field') throw new PanelError(panel, target.title, 'a flow is split twice, by fields');
    return { terms: { field: split.field, size: split.size, order: [{ _count: 'desc' }, { _key: 'asc' }] } };
  };
  if (by.length !== 2) throw new PanelError(panel, target.title, 'a flow is split twice, by fields');
  const { aggs } = thickness(panel, target);
  const steps = { filter: where === undefined ? { match_all: {} } : toQuery(where) };
  const to = { ...terms(by[1]), ...(aggs === undefined ? {} : { aggs }) };
  return {
    name: 'rows',
    url: {
      '%context%': true,
      '%timefield%': '@timestamp',
      index,
      body: { size: 0, aggs: { steps: { ...steps, aggs: { from: { ...terms(by[0]), aggs: { to } } } } } },
    },
    format: { property: 'aggregations.steps.from.buckets' },
  };
}

/** How thick a band is: the aggregations within the innermost bucket, and the expression that reads them. */
function thickness(panel: CountPanel, target: Target): { readonly aggs?: object; readonly value: string } {
  const [figure, ...others] = panel.figures;
  if (figure === undefined || others.length > 0) throw new PanelError(panel, target.title, 'a flow shows one figure');
  const { measure, where } = figure;
  const withMetric = (metric?: object) => {
    const aggs = metric === undefined ? {} : { aggs: { figure: metric } };
    const own = metric === undefined ? 'doc_count' : 'figure.value';
    if (where === undefined) return { ...aggs, value: `datum.next.${own}` };
    return { aggs: { passed: { filter: toQuery(where), ...aggs } }, value: `datum.next.passed.${own}` };
  };
  switch (measure.kind) {
    case 'count':
      return withMetric();
    case 'sum':
      return withMetric({ sum: { field: measure.field } });
    case 'distinct':
      return withMetric({ cardinality: { field: measure.field, precision_threshold: MOST_PRECISION } });
    case 'percentile':
    case 'share':
    case 'rate':
      throw new PanelError(panel, target.title, `bands are stacked, and a ${measure.kind} does not add up`);
    default:
      return unreachable(measure);
  }
}

/** From events to pixels. */
const pixels = (events: string) => `${events} / extent[1] * height`;

/**
 * One row for each step. Both sides are stacked in the order of their pages, so that a band ends at its page. Paths are computed here
 * rather than in the marks, where Vega 3 does not know the signals.
 */
const steps = (value: string) => ({
  name: 'steps',
  source: 'rows',
  transform: [
    { type: 'flatten', fields: ['to.buckets'], as: ['next'] },
    { type: 'formula', expr: 'datum.key', as: 'from' },
    { type: 'formula', expr: 'datum.next.key', as: 'to' },
    { type: 'formula', expr: value, as: 'events' },
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
});

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
  // Vega overestimates the bounds of thick strokes, and would shrink the drawing to fit them.
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

/** The pages of one side: for each a bar as high as its steps, with its name. */
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

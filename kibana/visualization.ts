/** Panels as Kibana's classic visualizations: their `visState` without the title. */

import type { ControlsPanel, CountPanel, Figure, Split } from '../panels/panel';
import { MOST_PRECISION } from '../store/search/to-search';
import type { Link } from './saved-object';

export interface VisState {
  readonly type: string;
  readonly params: object;
  readonly aggs: readonly object[];
}

/** One number. */
export function toNumber(figure: Figure): VisState {
  const metric = {
    percentageMode: false,
    useRanges: false,
    colorSchema: 'Green to Red',
    metricColorMode: 'None',
    colorsRange: [{ from: 0, to: 10_000 }],
    labels: { show: true },
    invertColors: false,
    style: { bgFill: '#000', bgColor: false, labelColor: false, subText: '', fontSize: 32 },
  };
  return {
    type: 'metric',
    params: { addTooltip: true, addLegend: false, type: 'metric', metric },
    aggs: [toMetric(figure)],
  };
}

export function toTable({ by, figures }: CountPanel): VisState {
  const params = {
    perPage: 10,
    showPartialRows: false,
    showMetricsAtAllLevels: false,
    sort: { columnIndex: null, direction: null },
    showTotal: false,
    totalFunc: 'sum',
  };
  return { type: 'table', params, aggs: withBuckets(figures, by, ['bucket']) };
}

export function toPie({ by, figures }: CountPanel): VisState {
  const labels = { show: true, values: true, last_level: true, truncate: 100 };
  const params = { type: 'pie', addTooltip: true, addLegend: true, legendPosition: 'right', isDonut: true, labels };
  return { type: 'pie', params, aggs: withBuckets(figures, by, ['segment']) };
}

export function toHeatmap({ by, figures }: CountPanel): VisState {
  const axis = {
    show: false,
    id: 'ValueAxis-1',
    type: 'value',
    scale: { type: 'linear', defaultYExtents: false },
    labels: { show: false, rotate: 0, overwriteColor: false, color: '#555' },
  };
  const params = {
    type: 'heatmap',
    addTooltip: true,
    addLegend: true,
    enableHover: false,
    legendPosition: 'right',
    times: [],
    colorsNumber: 6,
    colorSchema: 'Blues',
    setColorRange: false,
    colorsRange: [],
    invertColors: false,
    percentageMode: false,
    valueAxes: [axis],
  };
  return { type: 'heatmap', params, aggs: withBuckets(figures, [...by].reverse(), ['segment', 'group']) };
}

export function toBars({ by, figures }: CountPanel): VisState {
  const label = figures[0]?.label ?? '';
  const categoryAxis = {
    id: 'CategoryAxis-1',
    type: 'category',
    position: 'left',
    show: true,
    style: {},
    scale: { type: 'linear' },
    labels: { show: true, rotate: 0, filter: false, truncate: 100 },
    title: {},
  };
  const valueAxis = {
    id: 'ValueAxis-1',
    name: 'LeftAxis-1',
    type: 'value',
    position: 'bottom',
    show: true,
    style: {},
    scale: { type: 'linear', mode: 'normal' },
    labels: { show: true, rotate: 0, filter: true, truncate: 100 },
    title: { text: label },
  };
  const series = {
    show: true,
    type: 'histogram',
    mode: 'normal',
    data: { label, id: '1' },
    valueAxis: 'ValueAxis-1',
    drawLinesBetweenPoints: true,
    showCircles: true,
  };
  const params = {
    type: 'histogram',
    grid: { categoryLines: false },
    categoryAxes: [categoryAxis],
    valueAxes: [valueAxis],
    seriesParams: [series],
    addTooltip: true,
    addLegend: false,
    legendPosition: 'right',
    times: [],
    addTimeMarker: false,
  };
  return { type: 'horizontal_bar', params, aggs: withBuckets(figures, by, ['segment']) };
}

export function toControls({ controls }: ControlsPanel, patternId: string, link: Link): VisState {
  const lists = controls.map(({ field, label }, at) => ({
    id: field,
    ...link('indexPattern', { name: `control_${at}_index_pattern`, type: 'index-pattern', id: patternId }),
    fieldName: field,
    parent: '',
    label,
    type: 'list',
    options: { type: 'terms', multiselect: true, dynamicOptions: true, size: 50, order: 'desc' },
  }));
  return {
    type: 'input_control_vis',
    params: { controls: lists, updateFiltersOnChange: true, useTimeFilter: true, pinFilters: false },
    aggs: [],
  };
}

export function toText(markdown: string): VisState {
  return { type: 'markdown', params: { markdown, fontSize: 12, openLinksInNewTab: false }, aggs: [] };
}

/** The figure as the first aggregation, then a bucket for each split, in the part of the drawing that it has. */
function withBuckets(figures: readonly Figure[], by: readonly Split[], schemas: readonly string[]): readonly object[] {
  const metrics = figures.map(toMetric);
  const buckets = by.map((split, at) => toBucket(split, String(metrics.length + at + 1), schemas[at] ?? 'bucket'));
  return [...metrics, ...buckets];
}

function toMetric({ label, measure }: Figure): object {
  const metric = { id: '1', enabled: true, schema: 'metric' };
  if (measure.kind !== 'distinct') return { ...metric, type: 'count', params: { customLabel: label } };
  const json = JSON.stringify({ precision_threshold: MOST_PRECISION });
  return { ...metric, type: 'cardinality', params: { field: measure.field, customLabel: `${label} ≈`, json } };
}

function toBucket(split: Split, id: string, schema: string): object {
  const others = {
    otherBucket: false,
    otherBucketLabel: 'Other',
    missingBucket: false,
    missingBucketLabel: 'Missing',
  };
  const params =
    split.by === 'field'
      ? { field: split.field, size: split.size, order: 'desc', orderBy: '1', ...others, customLabel: split.heading }
      : { field: split.by, size: 24, order: 'asc', orderBy: '_key', ...others, customLabel: split.by };
  return { id, enabled: true, type: 'terms', schema, params };
}

/** Panels as Kibana's classic visualizations: their `visState` without the title. */
import type { ControlsPanel, CountPanel, Figure } from '../panels/panel';
import { type Layout, toAggregations, toNumberMetric } from './aggregations';
import type { Link, Target } from './saved-object';

export interface VisState {
  readonly type: string;
  readonly params: object;
  readonly aggs: readonly object[];
}

/** @throws PanelError if the figure cannot be one number. */
export function toNumber(panel: CountPanel, figure: Figure, target: Target): VisState {
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
    aggs: [toNumberMetric(panel, figure, target)],
  };
}

/** Each split and each figure is a column. */
const TABLE: Layout = {
  name: 'a table',
  buckets: ['bucket'],
  takesAnyNumber: true,
  filters: 'bucket',
  takesPercentiles: true,
};

export function toTable(panel: CountPanel, target: Target): VisState {
  const params = {
    perPage: 10,
    showPartialRows: false,
    showMetricsAtAllLevels: false,
    sort: { columnIndex: null, direction: null },
    showTotal: false,
    totalFunc: 'sum',
  };
  return { type: 'table', params, aggs: toAggregations(panel, target, TABLE) };
}

const PIE: Layout = { name: 'a pie', buckets: ['segment'] };

export function toPie(panel: CountPanel, target: Target): VisState {
  const labels = { show: true, values: true, last_level: true, truncate: 100 };
  const params = { type: 'pie', addTooltip: true, addLegend: true, legendPosition: 'right', isDonut: true, labels };
  return { type: 'pie', params, aggs: toAggregations(panel, target, PIE) };
}

/** The first split goes down, the second across. */
const HEAT: Layout = { name: 'a heat map', buckets: ['group', 'segment'] };

export function toHeatmap(panel: CountPanel, target: Target): VisState {
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
  // Both axes list their values as they first come: the hours are complete only if they are the outer split.
  const aggs = panel.by.some((split) => split.by === 'field')
    ? toAggregations(panel, target, HEAT)
    : toAggregations({ ...panel, by: panel.by.toReversed() }, target, { ...HEAT, buckets: HEAT.buckets.toReversed() });
  return { type: 'heatmap', params, aggs };
}

const BARS: Layout = {
  name: 'a bar chart',
  buckets: ['segment'],
  filters: 'group',
  takesPercentiles: true,
};

export function toBars(panel: CountPanel, target: Target): VisState {
  const label = panel.figures[0]?.label ?? '';
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
  return { type: 'horizontal_bar', params, aggs: toAggregations(panel, target, BARS) };
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

/**
 * A chart over time as a visualization of type `metrics` (TSVB): its filters are text and its colours are given in every version from
 * 6.3 on, where a `filters` aggregation has changed its form twice within Kibana 6.
 */

import { toLucene } from '../panels/filter';
import type { CountPanel, Figure } from '../panels/panel';
import { colors } from './colors';

/** The `params` of the visualization. */
export function toTimeChart({ id, drawing, figures, where }: CountPanel, index: string): object {
  const asColumns = drawing.as === 'columns';
  return {
    id,
    type: 'timeseries',
    series: figures.map((figure) => toSeries(id, figure, asColumns)),
    time_field: '@timestamp',
    index_pattern: index,
    interval: 'auto',
    axis_position: 'left',
    axis_formatter: 'number',
    axis_scale: 'normal',
    show_legend: 1,
    legend_position: 'bottom',
    show_grid: 1,
    // The last bucket is not full yet, but its events count.
    drop_last_bucket: 0,
    ...(where === undefined ? {} : { filter: toLucene(where) }),
  };
}

function toSeries(panel: string, figure: Figure, asColumns: boolean): object {
  const { column, label, tone, measure, where } = figure;
  const id = `${panel}-${column}`;
  return {
    id,
    label,
    color: colors[tone],
    ...(where === undefined ? { split_mode: 'everything' } : { split_mode: 'filter', filter: toLucene(where) }),
    metrics: toMetrics(id, measure),
    separate_axis: 0,
    axis_position: 'left',
    formatter: toFormatter(measure),
    chart_type: asColumns ? 'bar' : 'line',
    stacked: asColumns ? 'stacked' : 'none',
    line_width: asColumns ? 0 : 2,
    point_size: 0,
    fill: asColumns ? 0.8 : 0,
  };
}

/** Each metric but the first takes the one before it by its id; the last is drawn. */
function toMetrics(id: string, measure: Figure['measure']): readonly object[] {
  switch (measure.kind) {
    case 'count':
      return [{ id: `${id}-count`, type: 'count' }];
    case 'rate':
      // The rise of the running total, for one second.
      return [
        { id: `${id}-count`, type: 'count' },
        { id: `${id}-total`, type: 'cumulative_sum', field: `${id}-count` },
        { id: `${id}-rate`, type: 'derivative', field: `${id}-total`, unit: '1s' },
      ];
    case 'distinct':
      return [{ id: `${id}-distinct`, type: 'cardinality', field: measure.field }];
    case 'sum':
      return [{ id: `${id}-sum`, type: 'sum', field: measure.field }];
    case 'percentile': {
      const line = { id: `${id}-line`, value: String(measure.percent), percentile: '', mode: 'line', shade: 0.2 };
      return [{ id: `${id}-percentile`, type: 'percentile', field: measure.field, percentiles: [line] }];
    }
    case 'share':
      return [
        {
          id: `${id}-share`,
          type: 'filter_ratio',
          numerator: toLucene(measure.of),
          denominator: '*',
          metric_agg: 'count',
        },
      ];
  }
}

function toFormatter(measure: Figure['measure']): string {
  if (measure.kind === 'share') return 'percent';
  return measure.kind === 'sum' && measure.field === 'bytes' ? 'bytes' : 'number';
}

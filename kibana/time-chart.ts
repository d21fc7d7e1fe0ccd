/**
 * A chart over time as a visualization of type `metrics` (TSVB): from 6.3 on, every version takes its filters as text and its colours,
 * whereas the aggregation `filters` has changed its form twice within Kibana 6.
 */
import type { CountPanel, Figure, Measure, Tone } from '../panels/panel';
import { PanelError, unreachable } from '../panels/panel-error';
import { MOST_PRECISION } from '../store/search/to-search';
import type { Target } from './saved-object';
import { toLucene } from './to-lucene';

/** Colours of charts, told apart also by people who do not see red and green alike. */
export const colors: Readonly<Record<Tone, string>> = {
  main: '#2f6fb7',
  good: '#3c9d6f',
  bad: '#d6453d',
  quiet: '#a3aab4',
};

/**
 * The `params` of the visualization.
 *
 * @throws PanelError if the panel is split by more than time, or counts distinct values.
 */
export function toTimeChart(panel: CountPanel, target: Target, index: string): object {
  const { id, by, figures, where } = panel;
  if (by.length !== 1 || by[0]?.by !== 'time')
    throw new PanelError(panel, target.title, 'a chart over time has exactly one split, by time');
  return {
    id,
    type: 'timeseries',
    series: figures.map((figure) => toSeries(panel, target, figure)),
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

function toSeries(panel: CountPanel, target: Target, { column, label, tone, measure, where }: Figure): object {
  if (measure.kind === 'distinct') {
    // TSVB sends `{ cardinality: { field } }` and nothing else, in every version: the engine's default threshold is 3,000.
    const why = `a chart over time cannot count distinct values with the precision of ${MOST_PRECISION} that all others have`;
    throw new PanelError(panel, target.title, why);
  }
  const asColumns = panel.drawing.as === 'columns';
  const id = `${panel.id}-${column}`;
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

/** Each metric but the first refers to another by id; the last is drawn. */
function toMetrics(id: string, measure: Exclude<Measure, { readonly kind: 'distinct' }>): readonly object[] {
  const count = { id: `${id}-count`, type: 'count' };
  switch (measure.kind) {
    case 'count':
      return [count];
    case 'rate': {
      const variables = [{ id: `${id}-variable`, name: 'count', field: count.id }];
      const script = 'params.count / params._interval * 1000';
      // A derivative of the running total would lose the bucket after an empty one.
      return [count, { id: `${id}-rate`, type: 'calculation', variables, script, gap_policy: 'insert_zeros' }];
    }
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
    default:
      return unreachable(measure);
  }
}

function toFormatter(measure: Measure): string {
  if (measure.kind === 'share') return 'percent';
  return measure.kind === 'sum' && measure.field === 'bytes' ? 'bytes' : 'number';
}

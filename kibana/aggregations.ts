/** The aggregations of Kibana's classic visualizations, as its editor saves them: the metrics first, then a bucket for each split. */
import type { CountPanel, Figure, Measure, Split } from '../panels/panel';
import { PanelError, unreachable } from '../panels/panel-error';
import { MOST_PRECISION } from '../store/search/to-search';
import type { Target } from './saved-object';
import { toLucene } from './to-lucene';

/** What a visualization takes, and which role each of its buckets plays there. */
export interface Layout {
  /** As people call it: `a pie`. */
  readonly name: string;
  /** The roles of the buckets in the order of the splits. */
  readonly buckets: readonly string[];
  /** Any number of splits, each in the first of these roles, and of figures. @default a split for each role, and one figure */
  readonly takesAnyNumber?: true;
  /** The role of the bucket that splits by the figures' filters. @default it takes no such bucket */
  readonly filters?: string;
  /** @default false */
  readonly takesPercentiles?: boolean;
}

/** @throws PanelError if the visualization would show another number. */
export function toAggregations(panel: CountPanel, target: Target, layout: Layout): readonly object[] {
  const { by, figures } = panel;
  const refuse = (why: string): never => {
    throw new PanelError(panel, target.title, why);
  };
  if (by.length === 0 || figures.length === 0) return refuse('it needs a split and a figure');
  if (layout.takesAnyNumber === undefined) {
    if (by.length !== layout.buckets.length)
      return refuse(`${layout.name} has ${layout.buckets.length === 1 ? 'one split' : 'two splits'}`);
    if (figures.length > 1) return refuse(`${layout.name} shows one figure`);
  }

  const isFiltered = figures.some(({ where }) => where !== undefined);
  const shown = isFiltered ? figures.slice(0, 1) : figures;
  const metrics = shown.map((figure, at) => toMetric(figure, String(at + 1), layout, refuse));
  const count = shown.findIndex(({ measure }) => measure.kind === 'count');
  const countId = count < 0 ? undefined : String(count + 1);
  const buckets = by.map((split, at) => {
    const role = layout.buckets[at] ?? layout.buckets[0] ?? '';
    return toBucket(split, String(metrics.length + at + 1), role, countId);
  });
  if (!isFiltered) return [...metrics, ...buckets];

  // Before Kibana 7.11 only a bucket takes a filter. It filters every metric, so that all figures have to share one.
  if (layout.filters === undefined) return refuse(`${layout.name} cannot filter a figure`);
  if (!target.hasFiltersBucket)
    return refuse(
      'a filtered figure beside a split needs the aggregation `filters`, whose form changes within these versions',
    );
  if (new Set(figures.map(({ measure }) => JSON.stringify(measure))).size > 1)
    return refuse('figures with different measures cannot be filtered one by one');
  if (new Set(figures.map(({ label }) => label)).size < figures.length)
    return refuse('filters are told apart by the figures’ labels, and two are equal');
  const filters = figures.map(({ label, where }) => ({ input: { query: toLucene(where), language: 'lucene' }, label }));
  const id = String(metrics.length + buckets.length + 1);
  return [...metrics, ...buckets, { id, enabled: true, type: 'filters', schema: layout.filters, params: { filters } }];
}

/** The metric of a visualization without splits: one number. */
export function toNumberMetric(panel: CountPanel, figure: Figure, target: Target): object {
  return toMetric(figure, '1', { name: 'a number', buckets: [], takesPercentiles: true }, (why) => {
    throw new PanelError(panel, target.title, why);
  });
}

function toMetric({ label, measure }: Figure, id: string, layout: Layout, refuse: (why: string) => never): object {
  const metric = (type: string, params: object, shownAs = label) => ({
    id,
    enabled: true,
    schema: 'metric',
    type,
    params: { ...params, customLabel: shownAs },
  });
  switch (measure.kind) {
    case 'count':
      return metric('count', {});
    case 'sum':
      return metric('sum', { field: measure.field });
    case 'distinct': {
      const json = JSON.stringify({ precision_threshold: MOST_PRECISION });
      return metric('cardinality', { field: measure.field, json }, `${label} ≈`);
    }
    case 'percentile':
      if (layout.takesPercentiles !== true) return refuse(`${layout.name} cannot show a percentile`);
      return metric('percentiles', { field: measure.field, percents: [measure.percent] }, `${label} ≈`);
    case 'share':
    case 'rate':
      return refuse(`${NAMES[measure.kind]} is shown only in a chart over time`);
    default:
      return unreachable(measure);
  }
}

const NAMES: Readonly<Record<Extract<Measure['kind'], 'share' | 'rate'>, string>> = {
  share: 'a share',
  rate: 'a rate',
};

/** @param countId of the metric that counts the events, if there is one. */
function toBucket(split: Split, id: string, schema: string, countId: string | undefined): object {
  const bucket = (type: string, params: object) => ({ id, enabled: true, type, schema, params });
  switch (split.by) {
    case 'time': {
      const interval = { interval: 'auto', customInterval: '2h', min_doc_count: 1, extended_bounds: {} };
      return bucket('date_histogram', { field: '@timestamp', ...interval, customLabel: 'time' });
    }
    case 'weekday':
    case 'hour':
      return bucket('terms', {
        field: split.by,
        size: 24,
        order: 'asc',
        orderBy: '_key',
        ...NO_OTHERS,
        customLabel: split.by,
      });
    case 'field': {
      // The values that are shown are those with most events, whatever is measured.
      const orderAgg = { id: `${id}-orderAgg`, enabled: true, type: 'count', schema: 'orderAgg', params: {} };
      return bucket('terms', {
        field: split.field,
        size: split.size,
        order: 'desc',
        ...(countId === undefined ? { orderBy: 'custom', orderAgg } : { orderBy: countId }),
        ...NO_OTHERS,
        customLabel: split.heading,
      });
    }
    default:
      return unreachable(split);
  }
}

const NO_OTHERS = {
  otherBucket: false,
  otherBucketLabel: 'Other',
  missingBucket: false,
  missingBucketLabel: 'Missing',
};

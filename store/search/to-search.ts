/** A panel as an Elasticsearch or OpenSearch search, and its reply as the panel's rows. */
import { z } from 'zod';
import { ToolkitError } from '../../core/errors';
import { parse } from '../../core/parse';
import {
  type CountPanel,
  columnOf,
  type DataPanel,
  type EventsPanel,
  type Figure,
  faultOf,
  MOST_CHARACTERS,
  type PanelRange,
  type PanelRow,
  type Split,
} from '../../panels/panel';
import { PanelError, unreachable } from '../../panels/panel-error';
import { type Engine, isTyped } from './engine';
import { toQuery } from './to-query';

export interface Search {
  /** `/<index>/_search`; goes as a POST. */
  readonly path: string;
  readonly body: object;
}

/**
 * @param index the index's name or a pattern, not encoded.
 * @throws PanelError if the panel has no meaning.
 */
export function toSearch(panel: DataPanel, engine: Engine, index: string, range: PanelRange): Search {
  const inRange = { range: { '@timestamp': { gte: range.from, lt: range.to, format: 'epoch_millis' } } };
  const query = { bool: { filter: panel.where === undefined ? [inRange] : [inRange, toQuery(panel.where)] } };
  const rest = panel.kind === 'events' ? toHits(panel) : { size: 0, aggs: toRows(panel, engine, range) };
  return { path: `/${encodeURIComponent(index)}/_search`, body: { query, ...rest } };
}

function toHits({ fields, size }: EventsPanel): object {
  return {
    size,
    _source: fields,
    // Times are whole seconds: the request's id settles the order of equal ones, as in the embedded store.
    sort: [{ '@timestamp': 'desc' }, { request_id: { order: 'desc', missing: '_last', unmapped_type: 'keyword' } }],
  };
}

/** Nests the splits, with the figures in the innermost. Without a split it is a filter that lets all through, since that has a count. */
function toRows(panel: CountPanel, engine: Engine, range: PanelRange): object {
  const { by, figures } = panel;
  const fault = faultOf(panel);
  if (fault !== undefined) throw new PanelError(panel, 'a search engine', fault);
  const innermost = Object.fromEntries(figures.flatMap((figure) => toFigure(figure, figures)));
  const nest = ([split, ...inner]: readonly Split[]): object =>
    split === undefined ? innermost : { rows: { ...toBuckets(split, engine, range), aggs: nest(inner) } };
  return by.length === 0 ? { rows: { filter: { match_all: {} }, aggs: innermost } } : nest(by);
}

/** Elasticsearch 6 knows only `interval`; later engines want `fixed_interval`. */
function toBuckets(split: Split, engine: Engine, { bucketMs }: PanelRange): object {
  const isSix = isTyped(engine);
  switch (split.by) {
    case 'time': {
      const interval = { [isSix ? 'interval' : 'fixed_interval']: `${bucketMs / 1000}s` };
      return { date_histogram: { field: '@timestamp', ...interval, min_doc_count: 1 } };
    }
    case 'weekday':
    case 'hour': {
      const script = { lang: 'painless', source: (isSix ? timeScripts6 : timeScripts)[split.by] };
      return { terms: { script, value_type: 'long', size: 24, order: { _key: 'asc' } } };
    }
    case 'field': {
      const order = [{ _count: 'desc' }, { _key: 'asc' }];
      return { terms: { field: split.field, size: split.size, shard_size: SHARD_SIZE, order } };
    }
    default:
      return unreachable(split);
  }
}

/** Candidates of each shard: enough that the sums over several shards are right for any log that is explored here. */
const SHARD_SIZE = 1000;

const weekdayOf = (epochMs: string) => `(${epochMs} / 86400000L + 3L) % 7L + 1L`;
const hourOf = (epochMs: string) => `${epochMs} / 3600000L % 24L`;

/** Painless: weekday and hour in UTC. Elasticsearch 6 has Joda's times, later engines have Java's. */
export const timeScripts6 = {
  weekday: weekdayOf("doc['@timestamp'].value.getMillis()"),
  hour: hourOf("doc['@timestamp'].value.getMillis()"),
};
export const timeScripts = {
  weekday: weekdayOf("doc['@timestamp'].value.toInstant().toEpochMilli()"),
  hour: hourOf("doc['@timestamp'].value.toInstant().toEpochMilli()"),
};

function toFigure(figure: Figure, all: readonly Figure[]): (readonly [string, object])[] {
  const { column, measure, where } = figure;
  const inner = toMetric(measure, all);
  if (where !== undefined) {
    return [[column, { filter: toQuery(where), ...(inner === undefined ? {} : { aggs: { value: inner } }) }]];
  }
  return inner === undefined ? [] : [[metricName(figure), inner]];
}

/** All percentiles of a field share one sketch: it is most of the work, and one for each took three times as long. */
const metricName = ({ column, measure }: Figure) =>
  measure.kind === 'percentile' ? `percentiles of ${measure.field}` : column;

function toMetric(measure: Figure['measure'], all: readonly Figure[]): object | undefined {
  switch (measure.kind) {
    case 'count':
    case 'rate':
      return undefined;
    case 'distinct':
      return { cardinality: { field: measure.field, precision_threshold: MOST_PRECISION } };
    case 'sum':
      return { sum: { field: measure.field } };
    case 'percentile': {
      const { field } = measure;
      const percents = all.flatMap(({ measure: other }) =>
        other.kind === 'percentile' && other.field === field ? [other.percent] : [],
      );
      return { percentiles: { field, percents, keyed: false } };
    }
    case 'share':
      return { filter: toQuery(measure.of) };
    default:
      return unreachable(measure);
  }
}

/** The highest precision threshold that the engines accept; below it a cardinality is close to exact, at 8 bytes a value. */
export const MOST_PRECISION = 40_000;

/**
 * Reads the rows from a search's reply.
 *
 * @throws ToolkitError SEARCH_INCOMPLETE if the engine timed out or a shard failed: a partial count would be wrong.
 */
export function readSearch(panel: DataPanel, reply: unknown, range: PanelRange): readonly PanelRow[] {
  const { timed_out, _shards, hits, aggregations } = parse(Reply, reply, (why) => incomplete(panel, why));
  if (timed_out) throw incomplete(panel, 'it timed out');
  if (_shards.failed > 0) throw incomplete(panel, `${_shards.failed} of ${_shards.total} shards failed`);
  if (panel.kind === 'events') return hits.hits.map((hit) => readHit(panel, hit));
  // Where no index matches the pattern, the engine leaves the aggregations out.
  if (aggregations === undefined) return panel.by.length > 0 ? [] : [readFigures(panel, { doc_count: 0 }, range)];
  return readBuckets(panel, panel.by, aggregations.rows, range);
}

const Hit = z.object({
  _source: z.record(z.string(), z.unknown()),
  // The time in milliseconds, in every version: Elasticsearch 6.3 has no format for `docvalue_fields`.
  sort: z.tuple([z.number()], z.unknown()),
});
const Bucket = z.looseObject({
  doc_count: z.number(),
  key: z.union([z.string(), z.number()]).optional(),
  key_as_string: z.string().optional(),
});
type Bucket = z.infer<typeof Bucket>;
const Buckets = z.object({ buckets: z.array(Bucket) });
const Reply = z.object({
  timed_out: z.boolean(),
  _shards: z.object({ total: z.number(), failed: z.number() }),
  hits: z.object({ hits: z.array(Hit) }),
  aggregations: z.object({ rows: z.unknown() }).optional(),
});

function incomplete({ title }: DataPanel, why: string): ToolkitError {
  return new ToolkitError(
    'SEARCH_INCOMPLETE',
    `the search for “${title}” was not answered completely: ${why}`,
    'Check the health of the index (GET /_cat/indices?v), then try again.',
  );
}

function readHit({ fields }: EventsPanel, hit: z.infer<typeof Hit>): PanelRow {
  const values = fields.map((field) => [field, toCell(hit._source[field])] as const);
  return { t: hit.sort[0], ...Object.fromEntries(values) };
}

function toCell(value: unknown): string | number | boolean | null {
  if (typeof value === 'string') return short(value);
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function short(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : [...text].slice(0, MOST_CHARACTERS).join('');
}

function readBuckets(panel: CountPanel, by: readonly Split[], reply: unknown, range: PanelRange): readonly PanelRow[] {
  const [split, ...inner] = by;
  if (split === undefined) return [readFigures(panel, Bucket.parse(reply), range)];
  return Buckets.parse(reply).buckets.flatMap((bucket) => {
    const key = { [columnOf(split)]: readKey(split, bucket) };
    const rows =
      inner.length > 0 ? readBuckets(panel, inner, bucket['rows'], range) : [readFigures(panel, bucket, range)];
    return rows.map((row) => ({ ...key, ...row }));
  });
}

function readKey(split: Split, { key, key_as_string }: Bucket): string | number {
  return split.by === 'field' ? short(key_as_string ?? String(key)) : Number(key);
}

function readFigures({ figures }: CountPanel, bucket: Bucket, range: PanelRange): PanelRow {
  return Object.fromEntries(figures.map((figure) => [figure.column, readFigure(figure, bucket, range)]));
}

const Value = z.object({ value: z.number().nullish() }).catch({ value: undefined });
const Filtered = z.looseObject({ doc_count: z.number() }).catch({ doc_count: 0 });
/** Without events a percentile is null, or the text NaN in Elasticsearch 6. */
const Percentiles = z.object({
  values: z.array(z.object({ key: z.number(), value: z.union([z.number(), z.literal('NaN'), z.null()]) })),
});

function readFigure(figure: Figure, bucket: Bucket, { bucketMs }: PanelRange): number | null {
  const { column, measure, where } = figure;
  const events = where === undefined ? bucket : Filtered.parse(bucket[column]);
  const metric = where === undefined ? bucket[metricName(figure)] : events['value'];
  switch (measure.kind) {
    case 'count':
      return events.doc_count;
    case 'rate':
      return (events.doc_count * 1000) / bucketMs;
    case 'distinct':
    case 'sum':
      return Value.parse(metric).value ?? 0;
    case 'percentile': {
      const found = Percentiles.safeParse(metric).data?.values.find(({ key }) => key === measure.percent)?.value;
      return typeof found === 'number' ? found : null;
    }
    case 'share':
      return events.doc_count === 0 ? null : Filtered.parse(metric).doc_count / events.doc_count;
    default:
      return unreachable(measure);
  }
}

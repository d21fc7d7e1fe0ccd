/**
 * What a dashboards server asks its engine to draw a saved object, and what it draws of the reply. It is written after the sources of
 * Kibana 6.4 and 7.10 and reads only the object's JSON, so that the compiler is not compared with itself.
 */
import { type Target, targets } from '../../../kibana/saved-object';
import type { PanelRange } from '../../../panels/panel';
import { type Engine, isTyped } from '../../../store/search/engine';

/** A number that is drawn: under which values of which buckets, and with which label. */
export interface Drawn {
  readonly keys: Readonly<Record<string, string>>;
  readonly label: string;
  readonly value: number | null;
}

export interface Asked {
  readonly body: object;
  read(reply: unknown): readonly Drawn[];
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of a saved object or of an engine, only read.
type Json = any;
/** An object as the server has it after its import. */
interface StoredObject {
  readonly type: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references?: readonly { readonly name: string; readonly id: string }[];
}

export function toRequests(
  { attributes, references = [] }: StoredObject,
  all: readonly StoredObject[],
  engine: Engine,
  range: PanelRange,
): readonly Asked[] {
  const visState = parse(attributes['visState']);
  const source = parse((attributes as Json).kibanaSavedObjectMeta.searchSourceJSON);
  const patternId = source.index ?? references.find(({ name }) => name === source.indexRefName)?.id;
  const pattern = all.find(({ type, id }) => type === 'index-pattern' && id === patternId);
  const context: Context = { engine, range, scripts: scriptsOf(pattern) };
  switch (visState.type) {
    case 'metrics':
      return visState.params.series.map((series: Json) => askSeries(visState.params, series, context));
    case 'vega':
      return [askVega(JSON.parse(visState.params.spec), context)];
    default:
      if (pattern === undefined) throw new Error('without an index pattern');
      return [askClassic(visState.aggs, source.query, context)];
  }
}

/** The dashboards server that is used with an engine. */
export function targetOf({ family, major }: Engine): Target {
  const name = family === 'opensearch' ? 'opensearch-dashboards' : `kibana${major}`;
  return targets.find((target) => target.name === name) as Target;
}

interface Context {
  readonly engine: Engine;
  readonly range: PanelRange;
  /** The index pattern's scripted fields. */
  readonly scripts: ReadonlyMap<string, string>;
}

const parse = (text: unknown): Json => JSON.parse(String(text));

function scriptsOf(pattern: StoredObject | undefined): ReadonlyMap<string, string> {
  const fields: readonly Json[] = pattern === undefined ? [] : parse(pattern.attributes['fields']);
  return new Map(fields.filter(({ scripted }) => scripted).map(({ name, script }) => [name, script]));
}

const inRange = ({ range }: Context) => ({
  range: { '@timestamp': { gte: range.from, lte: range.to - 1, format: 'epoch_millis' } },
});

function luceneToDsl(query: string): object {
  return query.trim() === '' ? { match_all: {} } : { query_string: { query, analyze_wildcard: true } };
}

/** @throws Error for a language that the server does not know: it would let all events through. */
function toDsl({ query, language }: { readonly query: string; readonly language?: string }): object {
  if (language !== 'lucene') throw new Error(`unknown language ${language}`);
  return luceneToDsl(query);
}

function dateHistogram({ engine, range }: Context): object {
  const interval = { [isTyped(engine) ? 'interval' : 'fixed_interval']: `${range.bucketMs / 1000}s` };
  return { field: '@timestamp', ...interval, time_zone: 'UTC' };
}

function askClassic(aggs: readonly Json[], query: Json, context: Context): Asked {
  const metrics = aggs.filter(({ schema }) => schema === 'metric');
  const buckets = aggs.filter(({ schema }) => schema !== 'metric');
  if (new Set(aggs.map(({ id }) => id)).size < aggs.length) throw new Error('two aggregations with one id');

  const nest = ([bucket, ...inner]: readonly Json[]): object => {
    if (bucket === undefined) return Object.fromEntries(metrics.flatMap(toMetric));
    return { [bucket.id]: { ...toBucket(bucket, metrics, context), aggs: nest(inner) } };
  };
  const readLevel = (
    reply: Json,
    [bucket, ...inner]: readonly Json[],
    keys: Drawn['keys'],
    label?: string,
  ): Drawn[] => {
    if (bucket === undefined) {
      return metrics.map((metric) => ({
        keys,
        label: label ?? metric.params.customLabel.replace(/ ≈$/, ''),
        value: readMetric(metric, reply),
      }));
    }
    const found = reply[bucket.id].buckets;
    if (bucket.type === 'filters')
      return Object.entries<Json>(found).flatMap(([name, each]) => readLevel(each, inner, keys, name));
    return found.flatMap((each: Json) => {
      const isName = bucket.type === 'terms' && each.key_as_string !== undefined;
      const key = isName ? each.key_as_string : each.key;
      return readLevel(each, inner, { ...keys, [bucket.params.customLabel]: String(key) }, label);
    });
  };
  const body = { size: 0, query: { bool: { must: [toDsl(query), inRange(context)] } }, aggs: nest(buckets) };
  return {
    body: buckets.length > 0 ? body : { ...body, aggs: { whole: { filter: { match_all: {} }, aggs: body.aggs } } },
    read: (reply: Json) => readLevel(buckets.length > 0 ? reply.aggregations : reply.aggregations.whole, buckets, {}),
  };
}

function toMetric({ id, type, params }: Json): readonly (readonly [string, object])[] {
  const { customLabel: _, json = '{}', ...rest } = params;
  if (type === 'count') return [];
  const fixed = type === 'percentiles' ? { keyed: false } : {};
  return [[id, { [type]: { ...rest, ...fixed, ...JSON.parse(json) } }]];
}

function readMetric({ id, type, params }: Json, bucket: Json): number | null {
  if (type === 'count') return bucket.doc_count;
  if (type !== 'percentiles') return bucket[id].value;
  const found = bucket[id].values.find(({ key }: Json) => key === params.percents[0]);
  return Number.isFinite(found.value) ? found.value : null;
}

function toBucket({ type, params }: Json, metrics: readonly Json[], context: Context): object {
  switch (type) {
    case 'terms': {
      const script = context.scripts.get(params.field);
      const source =
        script === undefined
          ? { field: params.field }
          : { script: { source: script, lang: 'painless' }, value_type: 'float' };
      const orderAgg = params.orderBy === 'custom' ? params.orderAgg : metrics.find(({ id }) => id === params.orderBy);
      if (orderAgg !== undefined && orderAgg.type !== 'count') throw new Error('ordered by something else than events');
      return {
        terms: {
          ...source,
          size: params.size,
          order: { [orderAgg === undefined ? params.orderBy : '_count']: params.order },
        },
      };
    }
    case 'date_histogram':
      return { date_histogram: { ...dateHistogram(context), min_doc_count: params.min_doc_count } };
    case 'filters': {
      // Kibana 6.3 hands the language on to the engine, and 6.4 lets all through without it.
      if (isTyped(context.engine)) throw new Error('filters differ between 6.3 and 6.4');
      const filters = params.filters.map(({ input, label }: Json) => [label, { bool: { must: [toDsl(input)] } }]);
      return { filters: { filters: Object.fromEntries(filters) } };
    }
    default:
      throw new Error(`unknown bucket ${type}`);
  }
}

/** TSVB asks for each series by itself; every bucket of the range is drawn, those without events too. */
function askSeries(panel: Json, series: Json, context: Context): Asked {
  const texts = [panel.filter, series.filter].filter((text) => text !== undefined);
  const { from, to } = context.range;
  const histogram = { ...dateHistogram(context), min_doc_count: 0, extended_bounds: { min: from, max: to - 1 } };
  const metrics = Object.assign({}, ...series.metrics.map((metric: Json) => toSeriesMetric(metric, context)));
  const filter = series.split_mode === 'filter' ? luceneToDsl(series.filter) : { match_all: {} };
  const last = series.metrics.at(-1);
  return {
    body: {
      size: 0,
      query: { bool: { must: [inRange(context), ...texts.map(luceneToDsl)] } },
      aggs: { series: { filter, aggs: { timeseries: { date_histogram: histogram, aggs: metrics } } } },
    },
    read: (reply: Json) =>
      reply.aggregations.series.timeseries.buckets.map((bucket: Json) => ({
        keys: { time: String(bucket.key) },
        label: series.label,
        value: readSeriesMetric(last, bucket),
      })),
  };
}

const ratio =
  'params.numerator != null && params.denominator != null && params.denominator > 0 ? params.numerator / params.denominator : 0';

function toSeriesMetric(metric: Json, { range }: Context): object {
  const { id, type, field } = metric;
  switch (type) {
    case 'count':
      // TSVB's script is `count * 1` in Lucene's expressions, a plug-in that the test's nodes lack.
      return { [id]: toScript({ count: '_count' }, 'params.count * 1', 'skip') };
    case 'sum':
      return { [id]: { [type]: { field } } };
    case 'percentile':
      return { [id]: { percentiles: { field, percents: metric.percentiles.map(({ value }: Json) => Number(value)) } } };
    case 'calculation': {
      const paths = Object.fromEntries(metric.variables.map((variable: Json) => [variable.name, variable.field]));
      return { [id]: toScript(paths, metric.script, metric.gap_policy ?? 'skip', { _interval: range.bucketMs }) };
    }
    case 'filter_ratio':
      return {
        [`${id}-numerator`]: { filter: luceneToDsl(metric.numerator) },
        [`${id}-denominator`]: { filter: luceneToDsl(metric.denominator) },
        [id]: toScript({ numerator: `${id}-numerator>_count`, denominator: `${id}-denominator>_count` }, ratio, 'skip'),
      };
    default:
      throw new Error(`unknown metric ${type}`);
  }
}

const toScript = (paths: object, source: string, gap: string, params = {}) => ({
  bucket_script: { buckets_path: paths, script: { source, lang: 'painless', params }, gap_policy: gap },
});

function readSeriesMetric({ id, type, percentiles }: Json, bucket: Json): number | null {
  if (type !== 'percentile') return bucket[id]?.value ?? null;
  const [, value] =
    Object.entries<Json>(bucket[id].values).find(([key]) => Number(key) === Number(percentiles[0].value)) ?? [];
  return typeof value === 'number' ? value : null;
}

/** Kibana adds the dashboard's context to the search, and Vega flattens the reply by the transforms of the specification. */
function askVega({ data }: Json, context: Context): Asked {
  const rows = data.find(({ url }: Json) => url !== undefined);
  const { transform } = data.find(({ source }: Json) => source === rows.name);
  const { fields, as } = transform.find(({ type }: Json) => type === 'flatten');
  const formula = (name: string) => transform.find((each: Json) => each.type === 'formula' && each.as === name).expr;
  return {
    body: { ...rows.url.body, query: { bool: { must: [{ match_all: {} }], filter: [inRange(context)] } } },
    read: (reply: Json) =>
      at(reply, rows.format.property).flatMap((outer: Json) =>
        at(outer, fields[0]).map((inner: Json) => {
          const datum = { ...outer, [as[0]]: inner };
          const [from, to, value] = ['from', 'to', 'events'].map((name) => at({ datum }, formula(name)));
          return { keys: { from: nameOf(outer, from), to: nameOf(inner, to) }, label: '', value };
        }),
      ),
  };
}

const at = (value: Json, path: string): Json => path.split('.').reduce((part, name) => part?.[name], value);
/** A boolean's key is 1 or 0. */
const nameOf = ({ key_as_string }: Json, key: unknown) => key_as_string ?? String(key);

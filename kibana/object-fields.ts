/** The fields of the index that a saved object reads. */
import { parsed, searchSourceOf } from './object-parts';
import type { SavedObject } from './saved-object';

export function fieldsOfObject(object: SavedObject): readonly string[] {
  const { attributes } = object;
  const source = searchSourceOf(object);
  const query = (source['query'] as { readonly query?: unknown } | undefined)?.query;
  const columns = Array.isArray(attributes['columns']) ? attributes['columns'].map(String) : [];
  const found = [...columns, ...fieldsOfQuery(query), ...fieldsOfVisState(parsed(attributes['visState']))];
  return [...new Set(found)];
}

interface Series {
  readonly filter?: unknown;
  readonly metrics: readonly Readonly<Record<string, unknown>>[];
}

interface FilterBucket {
  readonly input: { readonly query: unknown };
}

interface VisState {
  readonly aggs?: readonly { readonly params: Readonly<Record<string, unknown>> }[];
  readonly params?: {
    readonly time_field?: unknown;
    readonly filter?: unknown;
    readonly series?: readonly Series[];
    readonly controls?: readonly { readonly fieldName: string }[];
    readonly spec?: unknown;
  };
}

function fieldsOfVisState({ aggs = [], params = {} }: VisState): readonly string[] {
  const { time_field, filter, series = [], controls = [], spec } = params;
  const fields = aggs.map((agg) => agg.params['field']);
  const filters = aggs.flatMap((agg) => (agg.params['filters'] ?? []) as readonly FilterBucket[]);
  return [
    ...[...fields, time_field].filter((field) => typeof field === 'string'),
    ...filters.flatMap(({ input }) => fieldsOfQuery(input.query)),
    ...fieldsOfQuery(filter),
    ...series.flatMap(fieldsOfSeries),
    ...controls.map(({ fieldName }) => fieldName),
    ...fieldsOfSpec(spec),
  ];
}

/** A metric's field may be the id of another metric. */
function fieldsOfSeries({ filter, metrics }: Series): readonly string[] {
  const ids = new Set(metrics.map(({ id }) => id));
  return [
    ...fieldsOfQuery(filter),
    ...metrics.flatMap(({ numerator, denominator }) => [...fieldsOfQuery(numerator), ...fieldsOfQuery(denominator)]),
    ...metrics.flatMap(({ field }) => (typeof field === 'string' && !ids.has(field) ? [field] : [])),
  ];
}

/** In a Lucene query a field precedes a colon, or follows `_exists_:`. */
function fieldsOfQuery(query: unknown): readonly string[] {
  if (typeof query !== 'string') return [];
  const bare = query.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const fields = [...bare.matchAll(/([\w@-]+):([\w@-]*)/g)];
  return fields.map(([, field = '', value = '']) => (field === '_exists_' ? value : field));
}

/** The fields that a Vega specification's search reads. */
function fieldsOfSpec(spec: unknown): readonly string[] {
  if (typeof spec !== 'string') return [];
  const searches: readonly { readonly url?: object }[] = parsed(spec).data;
  const text = JSON.stringify(searches.map(({ url }) => url));
  const named = [...text.matchAll(/"(?:field|%timefield%)":"([^"]+)"/g)].map(([, field = '']) => field);
  const terms = [...text.matchAll(/"(?:terms|range)":\{"([^"]+)":[[{]/g)].map(([, field = '']) => field);
  return [...named, ...terms];
}

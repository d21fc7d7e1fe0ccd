/** The fields of the index that a saved object looks at. */
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
  return [
    ...[...fields, time_field].filter((field) => typeof field === 'string'),
    ...fieldsOfQuery(filter),
    ...series.flatMap(fieldsOfSeries),
    ...controls.map(({ fieldName }) => fieldName),
    ...fieldsOfSpec(spec),
  ];
}

/** A metric's field may be another metric, by its id. */
function fieldsOfSeries({ filter, metrics }: Series): readonly string[] {
  const ids = new Set(metrics.map(({ id }) => id));
  return [
    ...fieldsOfQuery(filter),
    ...metrics.flatMap(({ numerator, denominator }) => [...fieldsOfQuery(numerator), ...fieldsOfQuery(denominator)]),
    ...metrics.flatMap(({ field }) => (typeof field === 'string' && !ids.has(field) ? [field] : [])),
  ];
}

/** Of a Lucene query: what stands before a colon, and what `_exists_` asks for. */
function fieldsOfQuery(query: unknown): readonly string[] {
  if (typeof query !== 'string') return [];
  const bare = query.replace(/"[^"]*"/g, '""');
  const fields = [...bare.matchAll(/([\w@-]+):([\w@-]*)/g)];
  return fields.map(([, field = '', value = '']) => (field === '_exists_' ? value : field));
}

/** Of a Vega specification: those of the search in it. */
function fieldsOfSpec(spec: unknown): readonly string[] {
  if (typeof spec !== 'string') return [];
  const searches: readonly { readonly url?: object }[] = parsed(spec).data;
  const text = JSON.stringify(searches.map(({ url }) => url));
  const named = [...text.matchAll(/"(?:field|%timefield%)":"([^"]+)"/g)].map(([, field = '']) => field);
  const terms = [...text.matchAll(/"(?:terms|range)":\{"([^"]+)":[[{]/g)].map(([, field = '']) => field);
  return [...named, ...terms];
}

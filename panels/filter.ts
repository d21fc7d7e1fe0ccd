/** Which events count: one small language, said three ways. Values come from the definition of the panels, never from a log line. */
import type { FieldName } from '../click/click-event';

type Value = string | number | boolean;

export type Filter =
  | { readonly field: FieldName; readonly is: Value | readonly Value[] }
  /** From this number upwards. */
  | { readonly field: FieldName; readonly atLeast: number }
  | { readonly field: FieldName; readonly exists: true }
  | { readonly not: Filter }
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] };

const valuesOf = (is: Value | readonly Value[]): readonly Value[] => (Array.isArray(is) ? is : [is as Value]);

/** As Elasticsearch's query DSL. */
export function toQuery(filter: Filter): object {
  if ('not' in filter) return { bool: { must_not: [toQuery(filter.not)] } };
  if ('all' in filter) return { bool: { filter: filter.all.map(toQuery) } };
  if ('any' in filter) return { bool: { should: filter.any.map(toQuery), minimum_should_match: 1 } };
  if ('is' in filter) return { terms: { [filter.field]: valuesOf(filter.is) } };
  if ('atLeast' in filter) return { range: { [filter.field]: { gte: filter.atLeast } } };
  return { exists: { field: filter.field } };
}

/** As the text of Lucene's query language, which every Kibana and OpenSearch Dashboards takes; `*` for no filter. */
export function toLucene(filter: Filter | undefined): string {
  if (filter === undefined) return '*';
  // A `NOT` alone matches nothing where the parser joins it with others, so it always stands beside something to take away from.
  if ('not' in filter) return `(*:* AND NOT ${inBrackets(filter.not)})`;
  if ('all' in filter) return filter.all.map(inBrackets).join(' AND ');
  if ('any' in filter) return filter.any.map(inBrackets).join(' OR ');
  if ('is' in filter) {
    const values = valuesOf(filter.is).map((value) => (typeof value === 'string' ? `"${value}"` : String(value)));
    return `${filter.field}:${values.length === 1 ? values[0] : `(${values.join(' OR ')})`}`;
  }
  if ('atLeast' in filter) return `${filter.field}:[${filter.atLeast} TO *]`;
  return `_exists_:${filter.field}`;
}

function inBrackets(filter: Filter): string {
  const text = toLucene(filter);
  return 'all' in filter || 'any' in filter ? `(${text})` : text;
}

/** As an SQL condition of the click table; a field that is absent never makes it NULL where it is negated. */
export function toCondition(filter: Filter): string {
  if ('not' in filter) return `(${toCondition(filter.not)}) IS NOT TRUE`;
  if ('all' in filter) return `(${filter.all.map(toCondition).join(' AND ')})`;
  if ('any' in filter) return `(${filter.any.map(toCondition).join(' OR ')})`;
  if ('is' in filter) return `${toColumn(filter.field)} IN (${valuesOf(filter.is).map(toLiteral).join(', ')})`;
  if ('atLeast' in filter) return `${toColumn(filter.field)} >= ${filter.atLeast}`;
  return `${toColumn(filter.field)} IS NOT NULL`;
}

/** A field as a quoted SQL name. */
export const toColumn = (field: FieldName) => `"${field}"`;

const toLiteral = (value: Value) => (typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value));

/** The fields that a filter looks at. */
export function fieldsOf(filter: Filter | undefined): readonly FieldName[] {
  if (filter === undefined) return [];
  if ('not' in filter) return fieldsOf(filter.not);
  if ('all' in filter) return filter.all.flatMap(fieldsOf);
  if ('any' in filter) return filter.any.flatMap(fieldsOf);
  return [filter.field];
}

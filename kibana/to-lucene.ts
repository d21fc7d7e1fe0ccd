/** A panel's filter in Lucene's query language, which every Kibana and OpenSearch Dashboards reads. */
import { type Filter, type Value, valuesOf } from '../panels/filter';
import { unreachable } from '../panels/panel-error';

/** @returns `*` for no filter. */
export function toLucene(filter: Filter | undefined): string {
  if (filter === undefined) return '*';
  // A `NOT` alone matches nothing once the parser joins it with others, so it always has something to subtract from.
  if ('not' in filter) return `(*:* AND NOT ${inBrackets(filter.not)})`;
  if ('all' in filter) return filter.all.map(inBrackets).join(' AND ');
  if ('any' in filter) return filter.any.map(inBrackets).join(' OR ');
  if ('is' in filter) {
    const values = valuesOf(filter.is).map(toTerm);
    return `${filter.field}:${values.length === 1 ? values[0] : `(${values.join(' OR ')})`}`;
  }
  if ('atLeast' in filter) return `${filter.field}:[${filter.atLeast} TO *]`;
  if ('exists' in filter) return `_exists_:${filter.field}`;
  return unreachable(filter);
}

function inBrackets(filter: Filter): string {
  const text = toLucene(filter);
  return 'all' in filter || 'any' in filter ? `(${text})` : text;
}

/** Only between quotes are spaces, wildcards and the minus of a number plain characters; a backslash and a quote never are. */
function toTerm(value: Value): string {
  const text = String(value);
  return typeof value === 'boolean' || (/^\d+$/.test(text) && typeof value === 'number')
    ? text
    : `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** A panel's filter in Elasticsearch's query DSL. */
import { type Filter, valuesOf } from '../../panels/filter';
import { unreachable } from '../../panels/panel-error';

export function toQuery(filter: Filter): object {
  if ('not' in filter) return { bool: { must_not: [toQuery(filter.not)] } };
  if ('all' in filter) return { bool: { filter: filter.all.map(toQuery) } };
  if ('any' in filter) return { bool: { should: filter.any.map(toQuery), minimum_should_match: 1 } };
  if ('is' in filter) return { terms: { [filter.field]: valuesOf(filter.is) } };
  if ('atLeast' in filter) return { range: { [filter.field]: { gte: filter.atLeast } } };
  if ('exists' in filter) return { exists: { field: filter.field } };
  return unreachable(filter);
}

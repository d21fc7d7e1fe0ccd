/** A panel's filter as SQL. */
import type { FieldName } from '../../click/click-event';
import { type Filter, type Value, valuesOf } from '../../panels/filter';
import { unreachable } from '../../panels/panel-error';

/** A condition on the table `events`; an absent field never makes it NULL where it is negated. */
export function toCondition(filter: Filter): string {
  if ('not' in filter) return `(${toCondition(filter.not)}) IS NOT TRUE`;
  if ('all' in filter) return `(${filter.all.map(toCondition).join(' AND ')})`;
  if ('any' in filter) return `(${filter.any.map(toCondition).join(' OR ')})`;
  if ('is' in filter) return `${toColumn(filter.field)} IN (${valuesOf(filter.is).map(toLiteral).join(', ')})`;
  if ('atLeast' in filter) return `${toColumn(filter.field)} >= ${filter.atLeast}`;
  if ('exists' in filter) return `${toColumn(filter.field)} IS NOT NULL`;
  return unreachable(filter);
}

/** A field's column, as a quoted SQL name. */
export const toColumn = (field: FieldName) => toName(field);

export const toName = (name: string) => `"${name.replaceAll('"', '""')}"`;

const toLiteral = (value: Value) => (typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value));

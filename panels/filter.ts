/**
 * Which events count, as data. Each target compiles it: `store/duckdb/to-condition.ts`, `store/search/to-query.ts`,
 * `kibana/to-lucene.ts`. Values come from the definition of the panels, never from a log line.
 */
import type { clickEventFields, FieldName } from '../click/click-event';

type Fields = typeof clickEventFields;

/** A field whose values can be compared and counted: one store keeps the two moments as text, another as a date. */
export type ValueField = Exclude<FieldName, '@timestamp' | '@timestamp_utc'>;
export type NumberField = { [N in FieldName]: Fields[N]['type'] extends 'integer' ? N : never }[FieldName];

export type Value = string | number | boolean;
export type NonEmpty<T> = readonly [T, ...T[]];

type ValueOf<N extends FieldName> = Fields[N] extends { values: readonly (infer V)[] }
  ? V
  : { string: string; integer: number; boolean: boolean }[Fields[N]['type']];

/** The field has this value, or one of these. */
type Is = {
  [N in ValueField]: { readonly field: N; readonly is: ValueOf<N> | NonEmpty<ValueOf<N>> };
}[ValueField];

export type Filter =
  | Is
  /** This number or more. */
  | { readonly field: NumberField; readonly atLeast: number }
  | { readonly field: FieldName; readonly exists: true }
  | { readonly not: Filter }
  | { readonly all: NonEmpty<Filter> }
  | { readonly any: NonEmpty<Filter> };

export const valuesOf = (is: Value | readonly Value[]): readonly Value[] => (Array.isArray(is) ? is : [is as Value]);

/** Events that pass both; undefined lets all through. */
export function both(one: Filter | undefined, other: Filter | undefined): Filter | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { all: [one, other] };
}

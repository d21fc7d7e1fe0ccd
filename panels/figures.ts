/** Filters and figures that several panels share. */
import type { Filter, ValueField } from './filter';
import type { Figure, Split, Tone } from './panel';

export const pageView: Filter = { field: 'action', is: 'page_view' };
export const serverError: Filter = { field: 'response', atLeast: 500 };
export const didSucceed: Filter = { field: 'outcome', is: 'success' };

export const overTime: readonly Split[] = [{ by: 'time' }];

/** Splits by the eight most frequent values of a field; the column is `label`. */
export const topOf = (field: ValueField, heading: string): readonly Split[] => [
  { by: 'field', field, size: 8, column: 'label', heading },
];

export const events = (label: string): readonly Figure[] => [
  { column: 'events', label, tone: 'main', measure: { kind: 'count' } },
];

/** Counts the events that pass. */
export const countOf = (column: string, label: string, tone: Tone, where?: Filter): Figure => ({
  column,
  label,
  tone,
  measure: { kind: 'count' },
  ...(where === undefined ? {} : { where }),
});

export const distinct = (column: string, label: string, field: ValueField): Figure => ({
  column,
  label,
  tone: 'main',
  measure: { kind: 'distinct', field },
});

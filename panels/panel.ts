/**
 * A panel as data: what it counts, how that is split, filtered and drawn, and where it stands. It compiles to SQL (`toSql`), to a search
 * (`toSearch`), to a view of the local page (`toView`) and to saved objects (`toSavedObjects`). All give the same numbers; a compiler whose
 * target cannot show a panel throws a `PanelError`.
 */
import type { FieldName } from '../click/click-event';
import type { Filter, NumberField, ValueField } from './filter';

/** A place in Kibana's grid of 48 columns; a row is 20 pixels high. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

interface Placed {
  /** Unique over all dashboards: part of the saved object's id. */
  readonly id: string;
  readonly title: string;
  /** What the panel shows and what it leaves out: Kibana's description, and a line of docs/dashboards.md. */
  readonly about: string;
  readonly at: Place;
}

export type Measure =
  | { readonly kind: 'count' }
  /** Events per second of the time bucket; the panel is split by time. */
  | { readonly kind: 'rate' }
  /** How many different values; approximate in a search engine, exact in the embedded store. */
  | { readonly kind: 'distinct'; readonly field: ValueField }
  | { readonly kind: 'sum'; readonly field: NumberField }
  /** @property percent 0 to 100; approximate in a search engine. Null where no event has the field. */
  | { readonly kind: 'percentile'; readonly field: NumberField; readonly percent: number }
  /** The share of the events that pass, 0 to 1; null where there are no events. */
  | { readonly kind: 'share'; readonly of: Filter };

/** What a number means: it decides the colour. */
export type Tone = 'main' | 'good' | 'bad' | 'quiet';

/** One number of each row. */
export interface Figure {
  /** Its name in the row, unique in the panel. */
  readonly column: string;
  readonly label: string;
  readonly tone: Tone;
  readonly measure: Measure;
  /** Counts only those of the panel's events that pass. */
  readonly where?: Filter;
}

/** Splits nest: each divides the buckets of the one before. */
export type Split =
  /** Column `t`: the start of the bucket in milliseconds since 1970. Buckets without events have no row. */
  | { readonly by: 'time' }
  /** Column `weekday`: 1 is Monday; column `hour`: 0 to 23. Both in UTC. */
  | { readonly by: 'weekday' | 'hour' }
  /** The `size` values that most of the panel's events have, by events, then by value. They are text in the row; events without the field are left out. */
  | {
      readonly by: 'field';
      readonly field: ValueField;
      readonly size: number;
      readonly column: string;
      readonly heading: string;
    };

export type FieldSplit = Extract<Split, { readonly by: 'field' }>;

/** `columns`, `line` and `lines` are split by time, `ranking`, `funnel` and `share` by a field, `heat` and `flow` twice; `figures` is one row. */
export type Drawing =
  | { readonly as: 'columns' | 'line' | 'lines' | 'figures' | 'ranking' | 'heat' | 'flow' }
  /** The steps in order, by the field's values. */
  | { readonly as: 'funnel'; readonly steps: readonly Part[] }
  | { readonly as: 'share'; readonly parts: readonly Part[] };

export interface Part {
  readonly value: string;
  readonly label: string;
  readonly tone: Tone;
}

/** Rows of numbers. */
export interface CountPanel extends Placed {
  readonly kind: 'count';
  readonly where?: Filter;
  /** None: one row. */
  readonly by: readonly Split[];
  readonly figures: readonly Figure[];
  readonly drawing: Drawing;
}

/** Single events, the latest first: a saved search. */
export interface EventsPanel extends Placed {
  readonly kind: 'events';
  readonly where?: Filter;
  /** Columns of the row, besides `t`. */
  readonly fields: readonly FieldName[];
  readonly size: number;
}

export interface TextPanel extends Placed {
  readonly kind: 'text';
  readonly markdown: string;
}

/** Drop-down lists that filter the whole dashboard. */
export interface ControlsPanel extends Placed {
  readonly kind: 'controls';
  readonly controls: readonly { readonly field: FieldName; readonly label: string }[];
}

export type DataPanel = CountPanel | EventsPanel;
export type Panel = DataPanel | TextPanel | ControlsPanel;

export interface Dashboard {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly panels: readonly Panel[];
}

/**
 * A row of a panel, the same from every store. `CountPanel`: one column for each of `by` and each of `figures`. `EventsPanel`: `t`
 * (milliseconds) and one column for each of `fields`, null where the event lacks the field. Text is cut at 300 characters, since a client
 * decides how long it is.
 */
export type PanelRow = Readonly<Record<string, string | number | boolean | null>>;

export const MOST_CHARACTERS = 300;

/** The time range of a panel, in milliseconds since 1970. */
export interface PanelRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Length of a time bucket: whole seconds. Buckets begin at its multiples since 1970. */
  readonly bucketMs: number;
}

/** The column of a row that holds a split's value. */
export const columnOf = (split: Split) => (split.by === 'field' ? split.column : split.by === 'time' ? 't' : split.by);

/** Why a panel has no meaning for any target; undefined where it has one. */
export function faultOf({ by, figures }: CountPanel): string | undefined {
  if (figures.length === 0) return 'it has no figure';
  if (by.some((split) => split.by === 'field' && !(split.size >= 1)))
    return 'a split by a field has at least one value';
  if (figures.some(({ measure }) => measure.kind === 'percentile' && !(measure.percent >= 0 && measure.percent <= 100)))
    return 'a percentile is from 0 to 100';
  const columns = [...by.map(columnOf), ...figures.map(({ column }) => column)];
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined) return `the column “${twice}” is defined twice`;
  const isOverTime = by.some((split) => split.by === 'time');
  return figures.some(({ measure }) => measure.kind === 'rate') && !isOverTime
    ? 'a rate needs a split by time'
    : undefined;
}

/** Whether a search engine only estimates one of its numbers. */
export function isApproximate({ figures }: CountPanel): boolean {
  return figures.some(({ measure: { kind } }) => kind === 'distinct' || kind === 'percentile');
}

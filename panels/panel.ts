/**
 * A panel as data: what it counts, split by what, filtered how, drawn how, where it stands. It compiles to saved objects, to a search
 * (`toSearch`) and to SQL (`toSql`); both of these give the same rows.
 */
import type { FieldName } from '../click/click-event';
import type { Filter } from './filter';

/** In Kibana's grid of 48 columns; a row is 20 pixels high. */
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
  /** What the panel tells, and what it leaves out: Kibana's description, and a line of docs/dashboards.md. */
  readonly about: string;
  readonly at: Place;
}

export type Measure =
  | { readonly kind: 'count' }
  /** Events per second of the bucket. */
  | { readonly kind: 'rate' }
  /** How many different values; approximate in a search engine, exact in the embedded store. */
  | { readonly kind: 'distinct'; readonly field: FieldName }
  | { readonly kind: 'sum'; readonly field: FieldName }
  /** @property percent 0 to 100; approximate in a search engine. */
  | { readonly kind: 'percentile'; readonly field: FieldName; readonly percent: number }
  /** The share of the events that pass, 0 to 1. */
  | { readonly kind: 'share'; readonly of: Filter };

/** How a number is meant: it picks the colour. */
export type Tone = 'main' | 'good' | 'bad' | 'quiet';

/** A number of each row. */
export interface Figure {
  /** Its name in the row. */
  readonly column: string;
  readonly label: string;
  readonly tone: Tone;
  readonly measure: Measure;
  /** Of the panel's events only these. */
  readonly where?: Filter;
}

export type Split =
  /** Column `t`: the start of the bucket in milliseconds since 1970. Buckets without events have no row. */
  | { readonly by: 'time' }
  /** Column `weekday`: 1 is Monday; column `hour`: 0 to 23. Both in UTC. */
  | { readonly by: 'weekday' | 'hour' }
  /** The values that most events have, at most `size`: by events, then by value. The value is text in the row, events without it are left out. */
  | {
      readonly by: 'field';
      readonly field: FieldName;
      readonly size: number;
      readonly column: string;
      readonly heading: string;
    };

/** `columns`, `line` and `lines` go over time; `ranking`, `funnel` and `share` over a field; `figures` has one row. */
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

/** Single events, the last first: a saved search. */
export interface EventsPanel extends Placed {
  readonly kind: 'events';
  readonly where?: Filter;
  /** Columns of the row, beside `t`. */
  readonly fields: readonly FieldName[];
  readonly size: number;
}

export interface TextPanel extends Placed {
  readonly kind: 'text';
  readonly markdown: string;
}

/** Lists from which a person picks a value, for the whole dashboard. */
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
 * What a panel reads, from whichever store: one row of names and values, the same for each.
 * `CountPanel`: one column for each of `by` and each of `figures`. `EventsPanel`: `t` (milliseconds) and one column for each of `fields`,
 * null where the event has no such field. Text longer than 300 characters is cut: a client decides how long it is.
 */
export type PanelRow = Readonly<Record<string, string | number | boolean | null>>;

export const MOST_CHARACTERS = 300;

/** What is looked at; times in milliseconds since 1970. */
export interface PanelRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Length of a bucket of time: whole seconds. Buckets begin at its multiples since 1970. */
  readonly bucketMs: number;
}

/** Whether a search engine only estimates one of its numbers. */
export function isApproximate({ figures }: CountPanel): boolean {
  return figures.some(({ measure: { kind } }) => kind === 'distinct' || kind === 'percentile');
}

/** The overview reply, shared by the page's server and its browser code. */

import type { EventsPanel, FieldSplit, Figure, PanelRow, Part, Split } from '../panels/panel';
import type { Extent } from '../store/extent';
import type { LineTotals } from './line-totals';
import type { Unit } from './measure';

/** Progress of the lines since the start of this run. */
export interface PipelineStatus extends LineTotals {
  /** Accepted records that are not stored yet. */
  readonly buffered: number;
  /** Why events were not delivered, and how many. Absent while all of them are. */
  readonly deliveryReasons?: Readonly<Record<string, number>>;
  /** Absent where no site runs. */
  readonly siteUrl?: string;
  /** The followed logs. */
  readonly logs?: readonly string[];
  readonly streamUrl: string;
  /** The search engine and its index; absent when events go into the data folder. */
  readonly storePlace?: string;
  /** Since the start. */
  readonly seconds: number;
}

/** The last N minutes, or everything that is stored. */
export type TimeRange = number | 'all';

/** How the page draws a panel's rows. `toView` makes it. */
export type View =
  | { readonly as: 'events'; readonly fields: EventsPanel['fields'] }
  | { readonly as: 'columns' | 'line'; readonly figures: readonly Figure[]; readonly unit: Unit }
  | { readonly as: 'figures'; readonly figures: readonly Figure[] }
  | { readonly as: 'ranking'; readonly by: readonly FieldSplit[]; readonly figures: readonly Figure[] }
  | { readonly as: 'flow'; readonly by: readonly [from: FieldSplit, to: FieldSplit]; readonly figure: Figure }
  | { readonly as: 'funnel'; readonly by: FieldSplit; readonly steps: readonly Part[]; readonly figure: Figure }
  | { readonly as: 'share'; readonly by: Split; readonly parts: readonly Part[]; readonly figure: Figure }
  | { readonly as: 'heat'; readonly figure: Figure };

export type ViewAs<As extends View['as']> = Extract<View, { readonly as: As }>;

export interface PanelView {
  readonly id: string;
  readonly title: string;
  /** Width in columns of the page's grid: each row of panels fills its twelve. */
  readonly columns: number;
  readonly view: View;
  readonly rows: readonly PanelRow[];
}

/** The period that an overview covers; times in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly bucketMs: number;
  /** Whether it ends now: then its last bucket is not full yet. */
  readonly live: boolean;
}

export interface Overview {
  readonly status: PipelineStatus;
  readonly extent: Extent;
  readonly span: Span;
  readonly dashboards: readonly DashboardView[];
}

export interface DashboardView {
  readonly id: string;
  readonly title: string;
  readonly panels: readonly PanelView[];
}

/** The overview reply, shared by the page's server and its browser code. */

import type { CountPanel, EventsPanel, PanelRow } from '../panels/panel';
import type { Extent } from '../store/extent';
import type { LineTotals } from './line-totals';

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

/** A panel as the page draws it: its rows and drawing, without the query. */
export type PanelView = PanelPlace & { readonly rows: readonly PanelRow[] } & (
    | Pick<CountPanel, 'kind' | 'id' | 'title' | 'by' | 'figures' | 'drawing'>
    | Pick<EventsPanel, 'kind' | 'id' | 'title' | 'fields'>
  );

interface PanelPlace {
  /** Width in columns of the page's grid: each row of panels fills its twelve. */
  readonly columns: number;
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

/** What the page's server tells the page: the one shape that both sides share. */

import type { CountPanel, EventsPanel, PanelRow } from '../panels/panel';
import type { Extent } from '../store/store';
import type { Books } from './books';

/** How far the lines have come, counted since the start of this run. */
export interface PipelineStatus extends Books {
  /** Records that were accepted and wait for their batch. */
  readonly buffered: number;
  /** The demo site, where there is one. */
  readonly siteUrl?: string;
  /** The logs that are followed. */
  readonly logs?: readonly string[];
  readonly streamUrl: string;
  /** The search engine and its index, where the events do not go into the data folder. */
  readonly storePlace?: string;
  /** Since the start. */
  readonly seconds: number;
}

/** A span of minutes that ends now, or everything that is stored. */
export type Range = number | 'all';

/** A panel as the page draws it: what it is, without how it is asked for. */
export type PanelView = PanelPlace & { readonly rows: readonly PanelRow[] } & (
    | Pick<CountPanel, 'kind' | 'id' | 'title' | 'by' | 'figures' | 'drawing'>
    | Pick<EventsPanel, 'kind' | 'id' | 'title' | 'fields'>
  );

interface PanelPlace {
  /** Of the page's twelve: each row of panels fills them. */
  readonly columns: number;
}

/** The range that was looked at; times in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly bucketMs: number;
  /** Ends now, so that its last bucket is not full yet. */
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

/**
 * The store: it takes click events and answers what the page and `verify` ask. Each adapter is a folder here, opened through
 * `open-store.ts`; `__tests__/engines/` compares the adapters' answers.
 */
import { z } from 'zod';
import type { DataPanel, PanelRange, PanelRow } from '../panels/panel';
import type { EventStore } from './event-store';
import type { Extent } from './extent';

export interface Store extends EventStore, StoreReader {
  /** For people: the data folder, or `http://127.0.0.1:9200/apache (elasticsearch 7.10.2)`. */
  readonly place: string;
  /** What the line of a failed event names; an engine without types has none. */
  readonly index: { readonly name: string; readonly type?: string };
}

/** A store that is opened only to be read: nothing is made or changed. */
export interface ReadOnlyStore extends StoreReader {
  /** For people, as `Store.place`. */
  readonly place: string;
  /** Whether events may still arrive, so that waiting for late ones makes sense. */
  readonly grows: boolean;
  close(): Promise<void>;
}

export interface StoreReader extends RunReader {
  /** Includes all that was written before the call. */
  readTotals(): Promise<Totals>;
  /** May be a second behind in a search engine, as may `readPanel`. */
  readExtent(): Promise<Extent>;
  readPanel(panel: DataPanel, range: PanelRange): Promise<readonly PanelRow[]>;
}

/** What `open-store.ts` needs of each kind of store. */
export interface StoreAdapter {
  /** Opens the store, or makes it. */
  open(): Promise<Store>;
  openReadOnly(): Promise<ReadOnlyStore>;
}

/** What a store knows of the traffic tool's runs: the other side of their ledgers. */
export interface RunReader {
  /**
   * Includes all that was written before the call.
   *
   * @param run @default all events
   */
  readRunTotals(run?: string): Promise<RunTotals>;
  /** A few events, the latest first. */
  readExamples(query: ExampleQuery): Promise<readonly EventFacts[]>;
  /** Some of the runs that are stored, those with the most events first. */
  readRuns(): Promise<readonly string[]>;
}

/** Counts over all that is stored. */
export interface Totals {
  /** Events by status: `{"200": 4, "500": 1}`. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly pageViews: number;
  /** Only successful ones. */
  readonly signUps: number;
  /** Only successful ones. */
  readonly signIns: number;
  /** Different user names; a search engine estimates them beyond 40,000. */
  readonly users: number;
}

/** What a run's clicks are counted by; sessions are counted apart, since only their sizes are known. */
export const DIMENSIONS = ['status', 'page', 'action', 'outcome', 'user', 'minute'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

const Count = z.int().min(0);
const Counts = z.record(z.string(), Count);
export type Counts = Readonly<Record<string, number>>;

export const RunTotals = z.object({
  /** Events, each copy counted. */
  stored: Count,
  /** Copies beyond the first of each request id. An event without an id never counts as a copy. */
  duplicated: Count,
  /** A few of the request ids that are stored more than once. */
  duplicates: z.array(z.string()),
  /**
   * Clicks, each once: by status (`200`), page, action, outcome (`sign_in success`), user, and minute in UTC (`2026-11-24T10:31Z`).
   * A click without such a value is left out.
   */
  by: z.object({ status: Counts, page: Counts, action: Counts, outcome: Counts, user: Counts, minute: Counts }),
  /** How many sessions have how many clicks, static files aside. */
  sessionsBySize: Counts,
});
export type RunTotals = z.output<typeof RunTotals>;

/** What a person needs to find an event. Anybody may have written it: clean it before it goes to a terminal. */
export const EventFacts = z.object({
  requestId: z.string().nullable(),
  /** ISO 8601, UTC. */
  time: z.string().nullable(),
  request: z.string().nullable(),
  status: z.number().nullable(),
  user: z.string().nullable(),
});
export type EventFacts = z.output<typeof EventFacts>;

/** Asks for events with one value: `by` page, `key` `/pricing/`. */
export interface ExampleQuery {
  readonly run?: string | undefined;
  readonly by: Dimension;
  readonly key: string;
}

/** How many events, ids and runs are shown as examples. */
export const FEW = 3;

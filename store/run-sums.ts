/** What a store says of one run of the traffic tool: the books' other side. Every store answers these three questions. */
import { z } from 'zod';

export const DIMENSIONS = ['status', 'page', 'action', 'outcome', 'user', 'minute'] as const;
/** By what clicks are counted; sessions aside, of which only the sizes are known. */
export type Dimension = (typeof DIMENSIONS)[number];

const Count = z.int().min(0);
const Counts = z.record(z.string(), Count);
export type Counts = Readonly<Record<string, number>>;

export const RunSums = z.object({
  /** Events, each copy counted. */
  stored: Count,
  /** Copies beyond the first of each request id. An event without an id is nobody's copy. */
  duplicated: Count,
  /** A few request ids that are there more than once. */
  duplicates: z.array(z.string()),
  /**
   * Clicks, each once: by status (`200`), page, action, outcome (`sign_in success`), user, and minute in UTC (`2026-11-24T10:31Z`).
   * What has no such value is left out.
   */
  by: z.object({ status: Counts, page: Counts, action: Counts, outcome: Counts, user: Counts, minute: Counts }),
  /** How many sessions have how many clicks, static files aside. */
  sessionsBySize: Counts,
});
export type RunSums = z.output<typeof RunSums>;

/** What one event says, as far as a person needs it to find it. Anybody may have written it: not for a terminal as it is. */
export const EventFacts = z.object({
  requestId: z.string().nullable(),
  /** ISO 8601, UTC. */
  time: z.string().nullable(),
  request: z.string().nullable(),
  status: z.number().nullable(),
  user: z.string().nullable(),
});
export type EventFacts = z.output<typeof EventFacts>;

/** Events of one value: of the page `/pricing/`. */
export interface ExamplesOf {
  readonly run?: string | undefined;
  readonly by: Dimension;
  readonly key: string;
}

/** So many at most of events, ids and runs: enough to see what they are. */
export const FEW = 3;

export interface RunReader {
  /** @param run without it all events. Sees what was written before it was asked. */
  readSums(run?: string): Promise<RunSums>;
  /** A few events, the last first. */
  readExamples(of: ExamplesOf): Promise<readonly EventFacts[]>;
  /** Some of the runs that are there, those with the most events first. */
  readRuns(): Promise<readonly string[]>;
}

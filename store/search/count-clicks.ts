/** Counts a run's events one by one, each request id once, for a store that cannot do it in a query. */
import { type Counts, DIMENSIONS, type Dimension, FEW, type RunTotals } from '../store';

export interface Click {
  readonly requestId?: string | undefined;
  readonly session?: string | undefined;
  readonly status?: number | undefined;
  readonly page?: string | undefined;
  readonly action?: string | undefined;
  /** `success` or `failure`. */
  readonly outcome?: string | undefined;
  readonly user?: string | undefined;
  /** `2026-11-24T10:31Z` */
  readonly minute?: string | undefined;
}

/** Keeps each request id, so memory grows with the run: about 100 bytes an event. */
export function createClickCount() {
  const seen = new Set<string>();
  const duplicates = new Set<string>();
  const sessions = new Map<string, number>();
  const by = Object.fromEntries(DIMENSIONS.map((name) => [name, new Map<string, number>()])) as Readonly<
    Record<Dimension, Map<string, number>>
  >;
  let [stored, duplicated] = [0, 0];

  return {
    get stored() {
      return stored;
    },
    add({ requestId, session, status, page, action, outcome, user, minute }: Click): void {
      stored++;
      if (requestId !== undefined) {
        if (seen.has(requestId)) {
          duplicated++;
          if (duplicates.size < FEW) duplicates.add(requestId);
          return;
        }
        seen.add(requestId);
      }
      if (session !== undefined && action !== 'asset') increase(sessions, session);
      if (status !== undefined) increase(by.status, String(status));
      if (page !== undefined) increase(by.page, page);
      if (action !== undefined) increase(by.action, action);
      if (outcome !== undefined) increase(by.outcome, `${action} ${outcome}`);
      if (user !== undefined) increase(by.user, user);
      if (minute !== undefined) increase(by.minute, minute);
    },
    totals(): RunTotals {
      const sizes = new Map<string, number>();
      for (const size of sessions.values()) increase(sizes, String(size));
      const { status, page, action, outcome, user, minute } = by;
      return {
        stored,
        duplicated,
        duplicates: [...duplicates],
        by: {
          status: toCounts(status),
          page: toCounts(page),
          action: toCounts(action),
          outcome: toCounts(outcome),
          user: toCounts(user),
          minute: toCounts(minute),
        },
        sessionsBySize: toCounts(sizes),
      };
    },
  };
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const toCounts = (counts: ReadonlyMap<string, number>): Counts => Object.fromEntries(counts);

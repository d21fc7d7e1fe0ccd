/**
 * What a run did, as it was answered: what `verify` checks the log and the index against.
 *
 * The counts of answered requests are certain: each stands in the log once, with just these values. Requests without a reply
 * may or may not stand there, so they are counted apart. Memory is that of the pages, users and minutes there are and of the
 * visitors who are on the site now, not of the run's length.
 */
import type { Answer, Loss, Recorder } from './output';
import type { PlannedRequest } from './plan';
import { createTally } from './tally';

export type Counts = Readonly<Record<string, number>>;

export interface Totals {
  readonly answered: number;
  /** Answers that differ from the plan: another status. */
  readonly unplanned: number;
  readonly lost: number;
  readonly byStatus: Counts;
  readonly byPage: Counts;
  /** Only what was answered as a page view, by page. */
  readonly pageViewsByPage: Counts;
  readonly byAction: Counts;
  /** Sign-ups, sign-ins and sign-outs: `sign_in success`. */
  readonly byOutcome: Counts;
  /** By the name that the log has. */
  readonly byUser: Counts;
  /** By the minute in which the request was sent, UTC (`2026-11-24T10:31Z`): near its edges the server may count in the next. */
  readonly byMinute: Counts;
  /**
   * How many sessions have how many lines, static files aside (`{ "1": 180, "6": 240 }`). Not their ids: what the site hands
   * out is a secret, and what its log names them by is another, which the site keeps to itself.
   */
  readonly sessionsBySize: Counts;
  readonly uncertain: {
    /** Lost, `refused` aside: that one cannot stand in the log. */
    readonly requests: number;
    readonly byPage: Counts;
    /** Who the line would name. */
    readonly byUser: Counts;
    /** With a request that has no reply: their lines are counted above, but not in `sessionsBySize`. */
    readonly sessions: number;
  };
  /** All that were lost, `refused` too. */
  readonly byLoss: Counts;
}

export interface Ledger extends Pick<Recorder, 'onStart' | 'onAnswer' | 'onLost'> {
  readonly answered: number;
  readonly lost: number;
  /** Answers from 500 up. */
  readonly errors: number;
  totals(): Totals;
}

interface OpenSession {
  lines: number;
  isUncertain: boolean;
}

export function createLedger(): Ledger {
  const [status, page, viewed, action, outcome] = Array.from({ length: 5 }, createTally) as Tallies;
  const [user, minute, loss, lostPage, lostUser] = Array.from({ length: 5 }, createTally) as Tallies;
  const sessions = createSessions();
  let startedMs = 0;
  let [answered, unplanned, errors, lost] = [0, 0, 0, 0];
  let minuteNow = { number: Number.NaN, name: '' };

  const minuteOf = (atMs: number) => {
    const number = Math.floor((startedMs + atMs) / 60_000);
    if (number !== minuteNow.number) {
      minuteNow = { number, name: `${new Date(number * 60_000).toISOString().slice(0, 16)}Z` };
    }
    return minuteNow.name;
  };

  return {
    get answered() {
      return answered;
    },
    get lost() {
      return lost;
    },
    get errors() {
      return errors;
    },
    onStart(startedAt) {
      startedMs = startedAt.getTime();
    },
    onAnswer({ request, seen, sentAtMs }: Answer) {
      const { expect, visitor, last } = request;
      answered++;
      if (seen.status !== expect.status) unplanned++;
      if (seen.status >= 500) errors++;
      status.add(String(seen.status));
      page.add(expect.page);
      action.add(seen.action);
      if (seen.action === 'page_view') viewed.add(expect.page);
      if (seen.outcome !== undefined) outcome.add(`${seen.action} ${seen.outcome}`);
      if (seen.user !== undefined) user.add(seen.user);
      minute.add(minuteOf(sentAtMs));
      sessions.onRequest(visitor.number, seen.action !== 'asset', true, last);
    },
    onLost({ expect, visitor, last }: PlannedRequest, cause: Loss) {
      lost++;
      loss.add(cause);
      const isUncertain = cause !== 'refused';
      sessions.onRequest(visitor.number, expect.action !== 'asset', !isUncertain, last, false);
      if (!isUncertain) return;
      lostPage.add(expect.page);
      if (expect.user !== undefined) lostUser.add(expect.user);
    },
    totals: () => ({
      answered,
      unplanned,
      lost,
      byStatus: status.counts(),
      byPage: page.counts(),
      pageViewsByPage: viewed.counts(),
      byAction: action.counts(),
      byOutcome: outcome.counts(),
      byUser: user.counts(),
      byMinute: minute.counts(),
      sessionsBySize: sessions.bySize(),
      uncertain: {
        requests: lost - loss.of('refused'),
        byPage: lostPage.counts(),
        byUser: lostUser.counts(),
        sessions: sessions.uncertain(),
      },
      byLoss: loss.counts(),
    }),
  };
}

type Tally = ReturnType<typeof createTally>;
type Tallies = [Tally, Tally, Tally, Tally, Tally];

/** Counts each visitor's lines until the last one. */
function createSessions() {
  const open = new Map<number, OpenSession>();
  const sizes = createTally();
  let uncertain = 0;

  const close = (session: OpenSession) => {
    if (session.isUncertain) uncertain++;
    else if (session.lines > 0) sizes.add(String(session.lines));
  };
  return {
    onRequest(visitor: number, inSession: boolean, isCertain: boolean, isLast: boolean, isLine = true) {
      let session = open.get(visitor);
      if (session === undefined) {
        session = { lines: 0, isUncertain: false };
        open.set(visitor, session);
      }
      if (inSession && isLine) session.lines++;
      if (!isCertain) session.isUncertain = true;
      if (!isLast) return;
      open.delete(visitor);
      close(session);
    },
    bySize(): Counts {
      const counts: Record<string, number> = { ...sizes.counts() };
      for (const { lines, isUncertain } of open.values()) {
        if (!isUncertain && lines > 0) counts[lines] = (counts[lines] ?? 0) + 1;
      }
      return counts;
    },
    uncertain: () => uncertain + [...open.values()].filter(({ isUncertain }) => isUncertain).length,
  };
}

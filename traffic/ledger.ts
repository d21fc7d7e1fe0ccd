/**
 * What a run did and how it was answered: `verify` checks the log and the index against it.
 *
 * Counts of answered requests are certain: each request is in the log once, with exactly these values. A request without a reply
 * may or may not be there, so those are counted separately. Memory grows with the number of pages, users, minutes and visitors
 * on the site, not with the number of requests.
 */
import type { Answer, Loss, Recorder } from './output';
import type { PlannedRequest } from './plan';
import { createTally } from './tally';

export type Counts = Readonly<Record<string, number>>;

export interface Totals {
  readonly answered: number;
  /** Answers with another status than planned. */
  readonly unplanned: number;
  readonly lost: number;
  readonly byStatus: Counts;
  readonly byPage: Counts;
  /** Only requests answered as a page view. */
  readonly pageViewsByPage: Counts;
  readonly byAction: Counts;
  /** Sign-ups, sign-ins and sign-outs, keyed `sign_in success`. */
  readonly byOutcome: Counts;
  /** By the user that the log names. */
  readonly byUser: Counts;
  /** By the minute of sending, UTC (`2026-11-24T10:31Z`); near its edges the server may count a request in the next one. */
  readonly byMinute: Counts;
  /**
   * Number of sessions by their number of lines, without static files (`{ "1": 180, "6": 240 }`). Their ids are unknown: the
   * site's cookies are secret, and its log uses other ids, which it tells nobody.
   */
  readonly sessionsBySize: Counts;
  readonly uncertain: {
    /** Lost requests, except `refused` ones, which cannot be in the log. */
    readonly requests: number;
    readonly byPage: Counts;
    /** By the user that the line would name. */
    readonly byUser: Counts;
    /** Sessions with a lost request: their lines are counted above, but they are not in `sessionsBySize`. */
    readonly sessions: number;
  };
  /** All lost requests, including `refused`. */
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

/** Counts each visitor's lines up to their last request. */
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

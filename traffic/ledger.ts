/**
 * What a run did, as it was answered: what `verify` checks the log and the index against.
 * Requests without a reply may or may not stand in the site's log, so they are counted apart.
 */
import { writeFileSync } from 'node:fs';
import { reasonOf, ToolkitError } from '../core/errors';
import type { Loss } from './connection';
import type { Answer } from './driver';
import type { PlannedRequest } from './plan';

type Counts = Readonly<Record<string, number>>;

export interface Totals {
  readonly answered: number;
  /** Answers that differ from the plan: another status. */
  readonly unplanned: number;
  readonly byStatus: Counts;
  readonly byPage: Counts;
  /** Only what was answered as a page view, by page. */
  readonly pageViewsByPage: Counts;
  readonly byAction: Counts;
  /** Sign-ups, sign-ins and sign-outs: `sign_in success`. */
  readonly byOutcome: Counts;
  /** By the name that the site's log has. */
  readonly byUser: Counts;
  /** By the number of the session in the plan, without static files: the site's own ids are the site's secret. */
  readonly bySession: Counts;
  /** By the minute in which the request was sent, UTC (`2026-11-24T10:31Z`): near its edges the server may count in the next. */
  readonly byMinute: Counts;
  readonly uncertain: { readonly lost: number; readonly byLoss: Counts; readonly byPage: Counts };
}

export interface Ledger {
  readonly lost: number;
  /** Answers from 500 up. */
  readonly errors: number;
  onAnswer(answer: Answer): void;
  onLost(request: PlannedRequest, loss: Loss): void;
  totals(): Totals;
}

export interface LedgerOptions {
  /** When the run started, of the wall clock. */
  readonly startedAt: () => Date;
  /** Whether sessions and minutes are counted; a run without an end must not, or its memory grows. */
  readonly detailed: boolean;
}

export function createLedger({ startedAt, detailed }: LedgerOptions): Ledger {
  const [status, page, viewed, action, outcome] = [tally(), tally(), tally(), tally(), tally()];
  const [user, session, minute, loss, lostPage] = [tally(), tally(), tally(), tally(), tally()];
  let [answered, unplanned, errors, lost] = [0, 0, 0, 0];

  return {
    get lost() {
      return lost;
    },
    get errors() {
      return errors;
    },
    onAnswer({ request, seen, sentAtMs }) {
      answered++;
      if (seen.status !== request.expect.status) unplanned++;
      if (seen.status >= 500) errors++;
      status.add(String(seen.status));
      page.add(request.expect.page);
      action.add(seen.action);
      if (seen.action === 'page_view') viewed.add(request.expect.page);
      if (seen.outcome !== undefined) outcome.add(`${seen.action} ${seen.outcome}`);
      if (seen.user !== undefined) user.add(seen.user);
      if (!detailed) return;
      if (seen.action !== 'asset') session.add(String(request.visitor.number));
      minute.add(`${new Date(startedAt().getTime() + sentAtMs).toISOString().slice(0, 16)}Z`);
    },
    onLost(request, cause) {
      lost++;
      loss.add(cause);
      lostPage.add(request.expect.page);
    },
    totals: () => ({
      answered,
      unplanned,
      byStatus: status.counts(),
      byPage: page.counts(),
      pageViewsByPage: viewed.counts(),
      byAction: action.counts(),
      byOutcome: outcome.counts(),
      byUser: user.counts(),
      bySession: session.counts(),
      byMinute: minute.counts(),
      uncertain: { lost, byLoss: loss.counts(), byPage: lostPage.counts() },
    }),
  };
}

/**
 * Tries the file before the run; one that is there already stays as it is until the new ledger is written.
 *
 * @throws ToolkitError LEDGER_NOT_WRITABLE
 */
export function probeLedgerFile(file: string): void {
  write(file, '', 'a');
}

/** @throws ToolkitError LEDGER_NOT_WRITABLE */
export function writeLedgerFile(file: string, text: string): void {
  write(file, text, 'w');
}

function write(file: string, text: string, flag: 'a' | 'w'): void {
  try {
    writeFileSync(file, text, { flag });
  } catch (error) {
    throw new ToolkitError(
      'LEDGER_NOT_WRITABLE',
      `The ledger ${file} cannot be written: ${reasonOf(error)}.`,
      'Name another file, or let this user write to its folder.',
      { cause: error },
    );
  }
}

function tally(): { add(name: string): void; counts(): Counts } {
  const counts = new Map<string, number>();
  return {
    add: (name) => counts.set(name, (counts.get(name) ?? 0) + 1),
    counts: () => Object.fromEntries(counts),
  };
}

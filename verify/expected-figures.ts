/** The figures that `verify --expect 'signUps=42'` checks. */
import type { RunTotals } from '../store/store';
import { type KnownFigures, parseThreshold, type Threshold } from '../traffic/expect';

const NAMES = ['events', 'pageViews', 'signUps', 'signIns', 'users', 'sessions', 'pages', 'duplicated', 'errorShare'];

const KNOWN: KnownFigures = {
  names: new Set(NAMES),
  owner: 'store',
  listed: [...NAMES, 'errors (the errorShare)'].join(', '),
};

/** @throws UsageError */
export const parseExpectation = (text: string): Threshold => parseThreshold(text, KNOWN);

/** Each click counts once. */
export function toFigures({ stored, duplicated, by, sessionsBySize }: RunTotals): Readonly<Record<string, unknown>> {
  const events = stored - duplicated;
  const errors = sumOf(Object.entries(by.status).map(([status, count]) => (Number(status) >= 500 ? count : 0)));
  return {
    events,
    pageViews: by.action['page_view'] ?? 0,
    signUps: by.outcome['sign_up success'] ?? 0,
    signIns: by.outcome['sign_in success'] ?? 0,
    users: Object.keys(by.user).length,
    sessions: sumOf(Object.values(sessionsBySize)),
    pages: Object.keys(by.page).length,
    duplicated,
    errorShare: events === 0 ? 0 : errors / events,
    byStatus: by.status,
    // A share is judged to one request: `checkThresholds` of traffic/expect.ts looks here for how many there are.
    answered: events,
  };
}

const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

/** Runs made up for the tests of `verify`: clicks, with the ledger and the store's totals that belong to them. */
import fc from 'fast-check';
import { type Click, createClickCount } from '../../store/search/count-clicks';
import type { RunLedger } from '../../verify/compare-ledger';

export type MadeClick = Required<Pick<Click, 'requestId' | 'session' | 'status' | 'page' | 'action' | 'minute'>> &
  Click;

const minuteOf = (minute: number) => new Date(Date.UTC(2026, 10, 24, 10, minute)).toISOString().slice(0, 16);

const click = fc.record({
  session: fc.nat(8).map(String),
  status: fc.constantFrom(200, 303, 404, 500),
  page: fc.constantFrom('/', '/pricing/', '/sign-up/', '/__proto__/'),
  kind: fc.constantFrom(
    { action: 'page_view' },
    { action: 'asset' },
    { action: 'sign_up', outcome: 'success' },
    { action: 'sign_up', outcome: 'failure' },
  ),
  user: fc.option(fc.constantFrom('alice', 'bob', 'constructor'), { nil: undefined }),
  minute: fc.nat(5),
});

/** A run with 1 to 60 clicks. */
export const aRun: fc.Arbitrary<readonly MadeClick[]> = fc.array(click, { minLength: 1, maxLength: 60 }).map((clicks) =>
  clicks.map(({ kind, minute, ...rest }, at) => ({
    ...rest,
    ...kind,
    minute: `${minuteOf(minute)}Z`,
    requestId: `r${at}`,
  })),
);

export function totalsOf(clicks: readonly Click[]) {
  const count = createClickCount();
  for (const one of clicks) count.add(one);
  return count.totals();
}

/** The ledger of a run whose requests were all answered. */
export function ledgerOf(clicks: readonly Click[], minutesOff: 0 | 1 = 0): RunLedger {
  const { by, sessionsBySize } = totalsOf(clicks);
  const uncertain = { requests: 0, byPage: {}, byUser: {}, sessions: 0 };
  const [sent, answered] = [clicks.length, clicks.length];
  return { run: 'r7', sent, answered, by, sessionsBySize, uncertain, minutesOff };
}

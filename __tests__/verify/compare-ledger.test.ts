import fc from 'fast-check';
import { compareLedger, type RunLedger } from '../../verify/compare-ledger';
import { aRun, ledgerOf, type MadeClick, totalsOf } from '../support/run-ledger';

const compare = (ledger: RunLedger, clicks: readonly MadeClick[]) => {
  const { balanced, lost, duplicated, unexplained } = compareLedger(ledger, totalsOf(clicks));
  return { balanced, lost, duplicated, unexplained };
};

/** A run, and some of its clicks: at least one. */
const aRunAndSome = aRun.chain((clicks) =>
  fc.tuple(fc.constant(clicks), fc.subarray([...clicks], { minLength: 1 }), fc.constantFrom<0 | 1>(0, 1)),
);

describe('a ledger against the store', () => {
  it('balances if every click is stored once, in any order', () => {
    fc.assert(
      fc.property(
        aRun.chain((clicks) =>
          fc.tuple(fc.constant(clicks), fc.shuffledSubarray([...clicks], { minLength: clicks.length })),
        ),
        ([clicks, shuffled]) => {
          expect(compare(ledgerOf(clicks), shuffled)).toEqual({
            balanced: true,
            lost: 0,
            duplicated: 0,
            unexplained: 0,
          });
        },
      ),
    );
  });

  it('loses exactly what was dropped', () => {
    fc.assert(
      fc.property(aRunAndSome, ([clicks, dropped, minutesOff]) => {
        const stored = clicks.filter((one) => !dropped.includes(one));

        expect(compare(ledgerOf(clicks, minutesOff), stored)).toEqual({
          balanced: false,
          lost: dropped.length,
          duplicated: 0,
          unexplained: 0,
        });
      }),
    );
  });

  it('counts exactly the copies, even if they differ otherwise, and names one', () => {
    fc.assert(
      fc.property(aRunAndSome, ([clicks, copied, minutesOff]) => {
        const stored = [...clicks, ...copied.map((one) => ({ ...one, page: '/elsewhere/' }))];

        const { duplicates } = totalsOf(stored);
        expect(compare(ledgerOf(clicks, minutesOff), stored)).toEqual({
          balanced: false,
          lost: 0,
          duplicated: copied.length,
          unexplained: 0,
        });
        expect(copied.map(({ requestId }) => requestId)).toEqual(expect.arrayContaining(duplicates));
        expect(duplicates).not.toEqual([]);
      }),
    );
  });

  it('finds exactly what nobody sent', () => {
    fc.assert(
      fc.property(aRunAndSome, ([clicks, forged, minutesOff]) => {
        const stored = [...clicks, ...forged.map((one) => ({ ...one, requestId: `x${one.requestId}` }))];

        expect(compare(ledgerOf(clicks, minutesOff), stored)).toEqual({
          balanced: false,
          lost: 0,
          duplicated: 0,
          unexplained: forged.length,
        });
      }),
    );
  });

  it.each<[string, Partial<MadeClick>, string]>([
    ['status', { status: 418 }, '418'],
    ['page', { page: '/altered/' }, '/altered/'],
    ['action', { action: 'other' }, 'other'],
    ['outcome', { outcome: 'altered' }, 'altered'],
    ['user', { user: 'mallory' }, 'mallory'],
    ['minute', { minute: '2026-11-24T13:00Z' }, '2026-11-24T13:00Z'],
  ])('finds a click whose %s was altered', (by, altered, key) => {
    fc.assert(
      fc.property(aRun, fc.nat(), fc.constantFrom<0 | 1>(0, 1), (clicks, number, minutesOff) => {
        const at = number % clicks.length;
        const stored = clicks.map((one, place) => (place === at ? { ...one, ...altered } : one));

        const { balanced, unexplained, dimensions } = compareLedger(ledgerOf(clicks, minutesOff), totalsOf(stored));

        const named = dimensions.find((one) => one.by === by)?.differences.filter((one) => one.stored > one.most);
        expect({ balanced, unexplained }).toEqual({ balanced: false, unexplained: 1 });
        expect(named).toEqual([{ key: expect.stringContaining(key), expected: 0, most: 0, stored: 1 }]);
      }),
    );
  });

  it('finds a click that is in another session', () => {
    const clicks = ['1', '1', '1', '2', '2'].map((session, at) => ({ ...CLICK, session, requestId: `r${at}` }));
    const stored = clicks.map((one) => (one.requestId === 'r0' ? { ...one, session: '2' } : one));
    const moved = clicks.map((one) => (one.requestId === 'r0' ? { ...one, session: '3' } : one));

    // Three and two are two and three: sessions have no names in a ledger.
    expect(compare(ledgerOf(clicks), stored)).toMatchObject({ balanced: true });
    expect(compare(ledgerOf(clicks), moved)).toMatchObject({ balanced: false, lost: 1, unexplained: 1 });
  });

  it('balances whichever of the uncertain requests are stored', () => {
    fc.assert(
      fc.property(aRunAndSome, fc.nat(), ([clicks, uncertain], bits) => {
        const certain = clicks.filter((one) => !uncertain.includes(one));
        const touched = new Set(uncertain.map(({ session }) => session));
        const { by } = totalsOf(uncertain);
        const ledger: RunLedger = {
          ...ledgerOf(certain),
          sent: clicks.length,
          sessionsBySize: totalsOf(certain.filter(({ session }) => !touched.has(session))).sessionsBySize,
          uncertain: { requests: uncertain.length, byPage: by.page, byUser: by.user, sessions: touched.size },
        };
        const stored = [...certain, ...uncertain.filter((_, at) => ((bits >> (at % 30)) & 1) === 1)];

        expect(compare(ledger, stored)).toEqual({ balanced: true, lost: 0, duplicated: 0, unexplained: 0 });
      }),
    );
  });

  it('accepts a click in the next minute if another clock wrote it, and not if the same clock did', () => {
    const at = (minutes: readonly number[]) =>
      minutes.map((minute, place) => ({ ...CLICK, requestId: `r${place}`, minute: `2026-11-24T10:3${minute}Z` }));
    const [sent, late, later] = [at([1, 1, 2, 2]), at([1, 2, 2, 3]), at([1, 2, 2, 4])];

    expect(compare(ledgerOf(sent, 1), late)).toMatchObject({ balanced: true });
    expect(compare(ledgerOf(sent, 0), late)).toMatchObject({ balanced: false, lost: 1, unexplained: 1 });
    expect(compare(ledgerOf(sent, 1), later)).toMatchObject({ balanced: false, lost: 1, unexplained: 1 });
  });

  it('names what is missing and what is too many', () => {
    const sent = ['/', '/', '/pricing/'].map((page, at) => ({ ...CLICK, page, requestId: `r${at}` }));
    const stored = ['/', '/', '/x/'].map((page, at) => ({ ...CLICK, page, requestId: `r${at}` }));

    const { dimensions } = compareLedger(ledgerOf(sent), totalsOf(stored));

    expect(dimensions.filter(({ differences }) => differences.length > 0)).toEqual([
      {
        by: 'page',
        values: [2, 2],
        lost: 1,
        unexplained: 1,
        differences: [
          { key: '/pricing/', expected: 1, most: 1, stored: 0 },
          { key: '/x/', expected: 0, most: 0, stored: 1 },
        ],
      },
    ]);
  });
});

const CLICK = {
  requestId: 'r0',
  session: '1',
  status: 200,
  page: '/',
  action: 'page_view',
  minute: '2026-11-24T10:31Z',
};

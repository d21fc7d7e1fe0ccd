import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JOURNEYS } from '../../traffic/journeys';
import { type PlannedRequest, type PlanOptions, planRequests } from '../../traffic/plan';
import { toSchedule } from '../../traffic/schedule';

const OPTIONS: PlanOptions = { seed: 'monday', rate: 50, errors: 0.2, users: 100, requests: 5000 };
const plan = (options: Partial<PlanOptions> = {}) => [...planRequests({ ...OPTIONS, ...options })];
const digest = (requests: readonly PlannedRequest[]) =>
  createHash('sha256')
    .update(requests.map((request) => JSON.stringify(request)).join('\n'))
    .digest('hex');
function byVisitor(requests: readonly PlannedRequest[]): Map<number, PlannedRequest[]> {
  const groups = new Map<number, PlannedRequest[]>();
  for (const request of requests) {
    const { number } = request.visitor;
    groups.set(number, [...(groups.get(number) ?? []), request]);
  }
  return groups;
}
const isError = ({ path }: PlannedRequest) => path === '/demo-error/';

describe('a plan', () => {
  it('is the same, byte for byte, for the same seed and options', () => {
    const [first, second] = [digest(plan()), digest(plan())];

    expect(first).toBe(second);
  });

  it('differs for another seed', () => {
    const [first, second] = [digest(plan()), digest(plan({ seed: 'tuesday' }))];

    expect(first).not.toBe(second);
  });

  it('begins the same however long it is', () => {
    const [short, long] = [plan({ requests: 100 }), plan({ requests: 1000 })];

    expect(digest(long.slice(0, 100))).toBe(digest(short));
  });

  it('has every request in the middle of its slot, whatever the rate and the share of errors', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 9000, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rate, errors) => {
          const requests = plan({ rate, errors, requests: 200 });

          expect(requests.map(({ atMs }) => atMs)).toEqual(
            Array.from({ length: 200 }, (_, slot) => ((slot + 0.5) * 1000) / rate),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  it('has the exact share of errors at every point, to one request', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), (percent) => {
        let errors = 0;

        for (const request of plan({ errors: percent / 100, requests: 400 })) {
          if (isError(request)) errors++;
          expect(errors).toBe(Math.floor(((request.index + 1) * percent) / 100));
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each([0.29, 0.57, 0.58, 1.1 / 10])('has the full share of %d, which no double represents exactly', (errors) => {
    const requests = plan({ errors, requests: 1000 });

    expect(requests.filter(isError)).toHaveLength(Math.round(errors * 1000));
  });

  it.each(['route', 'spread'] as const)('is the same twice for any seed and options (%s)', (errorMode) => {
    const shares = fc.integer({ min: 0, max: 50 }).map((percent) => percent / 100);
    const options = fc.record({
      seed: fc.string({ minLength: 1 }),
      rate: fc.integer({ min: 1, max: 9000 }),
      errors: shares,
      notFound: shares,
      slow: shares,
      users: fc.integer({ min: 1, max: 200 }),
      think: fc.integer({ min: 1, max: 5 }),
    });

    fc.assert(
      fc.property(options, (some) => {
        const asked = { ...OPTIONS, ...some, errorMode, requests: 300 };

        expect(digest([...planRequests(asked)])).toBe(digest([...planRequests(asked)]));
      }),
      { numRuns: 25 },
    );
  });

  it('has the exact share of errors when they are spread over pages, and does not use the error route', () => {
    for (const errors of [0.05, 0.2, 0.5, 1]) {
      let failed = 0;

      for (const { index, breaks, path, expect: expected } of plan({ errors, errorMode: 'spread', requests: 1000 })) {
        if (expected.status === 500) failed++;
        expect(breaks).toBe(expected.status === 500);
        if (breaks) expect(path).not.toMatch(/^\/(demo-error|assets)\//);
        expect(failed).toBe(Math.floor((index + 1) * errors + 1e-9));
        if (failed > 50) break;
      }
    }
  });

  it('spreads errors over many pages and forms', () => {
    const broken = plan({ errors: 0.2, errorMode: 'spread' }).filter(({ breaks }) => breaks);

    expect(new Set(broken.map(({ expect: { page } }) => page)).size).toBeGreaterThan(8);
    expect(broken.filter(({ method }) => method === 'POST').map(({ expect: { outcome } }) => outcome)).toContain(
      'failure',
    );
  });

  it('has the share of missing pages, to one request, besides the errors', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }), (errors, notFound) => {
        let missing = 0;

        for (const { index, expect: expected } of plan({
          errors: errors / 100,
          notFound: notFound / 100,
          requests: 400,
        })) {
          if (expected.status === 404) missing++;
          expect(Math.abs(missing - ((index + 1) * notFound) / 100)).toBeLessThanOrEqual(1 + 1e-6);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('has the share of slow replies, never for static files, and lets their visitors wait', () => {
    const requests = plan({ slow: 0.3, slowMs: 5000, errors: 0 });

    expect(requests.filter(({ delayMs }) => delayMs === 5000)).toHaveLength(1500);
    expect(requests.filter(({ delayMs }) => delayMs !== 5000 && delayMs !== 0)).toEqual([]);
    for (const ofOne of byVisitor(requests).values()) {
      for (const [place, { atMs, delayMs, expect: expected }] of ofOne.entries()) {
        if (delayMs > 0) expect(expected.action).not.toBe('asset');
        expect((ofOne[place + 1]?.atMs ?? Number.POSITIVE_INFINITY) - atMs).toBeGreaterThan(delayMs);
      }
    }
  });

  it('keeps a ramp’s times', () => {
    const ramp = [
      { seconds: 0, rate: 10 },
      { seconds: 10, rate: 100 },
    ];
    const { atMs } = toSchedule({ rate: 1, ramp });

    expect(plan({ ramp, requests: 550 }).map((request) => request.atMs)).toEqual(
      Array.from({ length: 550 }, (_, slot) => atMs(slot)),
    );
  });

  it('lets nobody come back right after signing up, since a slow site may not be done', () => {
    const signedUpAt = new Map<string | undefined, number>();
    let returns = 0;

    for (const { atMs, visitor, expect: expected } of plan({ rate: 500, requests: 20_000 })) {
      if (expected.action === 'sign_up' && expected.outcome === 'success') signedUpAt.set(visitor.user, atMs);
      const isReturn = expected.action === 'sign_in' && !visitor.journey.startsWith('sign up');
      if (!isReturn) continue;
      returns++;
      expect(atMs - (signedUpAt.get(visitor.user) ?? Number.NaN)).toBeGreaterThanOrEqual(3000);
    }
    expect(returns).toBeGreaterThan(100);
  });

  it('takes every visitor through the steps of a journey in order, apart from errors', () => {
    for (const requests of byVisitor(plan()).values()) {
      const steps = requests.filter((request) => !isError(request)).map(({ step }) => step);

      expect(steps).toEqual(steps.map((_, place) => place));
    }
  });

  it('marks the last request of a journey', () => {
    const lengths = new Map(JOURNEYS.map(({ name, steps }) => [name, steps.length]));

    for (const { last, step, visitor, path } of plan()) {
      expect(last).toBe(path !== '/demo-error/' && step === (lengths.get(visitor.journey) ?? 0) - 1);
    }
  });

  it.each([
    ['2 s', undefined, 1200, 10_000],
    ['the time asked', 0.5, 300, 2500],
  ])('gives a visitor %s to think, on average', (_what, think, least, most) => {
    let [sum, count] = [0, 0];
    // At a low rate every visitor who is ready is served at once or a slot later.
    const rate = 50;

    for (const requests of byVisitor(plan({ think, rate })).values()) {
      const gaps = requests.slice(1).map(({ atMs }, place) => atMs - (requests[place]?.atMs ?? 0));
      for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(least);
      for (const gap of gaps) expect(gap).toBeLessThan(most + 1000);
      sum += gaps.reduce((total, gap) => total + gap, 0);
      count += gaps.length;
    }
    expect(sum / count / 1000).toBeGreaterThan((think ?? 2) * 0.8);
    expect(sum / count / 1000).toBeLessThan((think ?? 2) * 1.2);
  });

  it('signs people in only after they have signed up, and names them while they are signed in', () => {
    const members = new Set<string>();

    for (const { expect: expected, visitor } of plan()) {
      if (expected.outcome !== 'success') continue;
      if (expected.action === 'sign_up') members.add(expected.user ?? '');
      else expect(members).toContain(expected.user);
      expect(expected.user).toBe(visitor.user);
    }
    expect(members.size).toBeGreaterThan(10);
  });

  it('never signs up a name twice, nor more names than there are', () => {
    const names = plan({ users: 7 })
      .filter(({ expect: { action, outcome } }) => action === 'sign_up' && outcome === 'success')
      .map(({ visitor }) => visitor.user);

    expect(new Set(names).size).toBe(7);
    expect(names).toHaveLength(7);
  });

  it('uses other names for another seed, so that a second run on one site can sign up', () => {
    const names = (seed: string) =>
      plan({ seed })
        .map(({ visitor }) => visitor.user)
        .filter((name) => name !== undefined);

    const [monday, tuesday] = [new Set(names('monday')), new Set(names('tuesday'))];

    expect([...monday].filter((name) => tuesday.has(name))).toEqual([]);
  });

  it('has every journey about as often as its weight says', () => {
    const visitors = [...byVisitor(plan({ requests: 40_000, users: 100_000, errors: 0 })).values()].map(
      ([first]) => first?.visitor.journey,
    );
    const total = JOURNEYS.reduce((sum, { weight }) => sum + weight, 0);

    for (const { name, weight } of JOURNEYS) {
      const share = visitors.filter((journey) => journey === name).length / visitors.length;
      expect(Math.abs(share - weight / total)).toBeLessThan(0.02);
    }
  });

  it('is endless, in constant memory, if no number of requests is given', () => {
    const requests = planRequests({ seed: 'monday', rate: 1000, errors: 0, users: 10 });
    let last = -1;

    for (let count = 0; count < 100_000; count++) last = requests.next().value?.index ?? -1;

    expect(last).toBe(99_999);
  });

  it('fills in every placeholder of a path', () => {
    for (const { path, form } of plan()) expect(`${path} ${form ?? ''}`).not.toMatch(/[{}]|undefined/);
  });
});

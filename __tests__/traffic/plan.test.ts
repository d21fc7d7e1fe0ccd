import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JOURNEYS, THINK_MS } from '../../traffic/journeys';
import { type PlannedRequest, type PlanOptions, planRequests } from '../../traffic/plan';

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

  it('is another one for another seed', () => {
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

  it('has at every point the exact share of errors, to one', () => {
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

  it.each([0.29, 0.57, 0.58, 1.1 / 10])('has the whole share of %d, that no double holds exactly', (errors) => {
    const requests = plan({ errors, requests: 1000 });

    expect(requests.filter(isError)).toHaveLength(Math.round(errors * 1000));
  });

  it('takes every visitor through the steps of a journey in order, errors aside', () => {
    for (const requests of byVisitor(plan()).values()) {
      const steps = requests.filter((request) => !isError(request)).map(({ step }) => step);

      expect(steps).toEqual(steps.map((_, place) => place));
    }
  });

  it('says of the last request of a journey that it is the last', () => {
    const lengths = new Map(JOURNEYS.map(({ name, steps }) => [name, steps.length]));

    for (const { last, step, visitor, path } of plan()) {
      expect(last).toBe(path !== '/demo-error/' && step === (lengths.get(visitor.journey) ?? 0) - 1);
    }
  });

  it('leaves a visitor time to think', () => {
    for (const requests of byVisitor(plan()).values()) {
      const gaps = requests.slice(1).map(({ atMs }, place) => atMs - (requests[place]?.atMs ?? 0));

      for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(THINK_MS.least);
    }
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

  it('never signs the same name up twice, nor more names than asked', () => {
    const names = plan({ users: 7 })
      .filter(({ expect: { action, outcome } }) => action === 'sign_up' && outcome === 'success')
      .map(({ visitor }) => visitor.user);

    expect(new Set(names).size).toBe(7);
    expect(names).toHaveLength(7);
  });

  it('gives other names to another seed, so that a second run on one site can sign up', () => {
    const names = (seed: string) =>
      plan({ seed })
        .map(({ visitor }) => visitor.user)
        .filter((name) => name !== undefined);

    const [monday, tuesday] = [new Set(names('monday')), new Set(names('tuesday'))];

    expect([...monday].filter((name) => tuesday.has(name))).toEqual([]);
  });

  it('has every journey, in about the share of its weight', () => {
    const visitors = [...byVisitor(plan({ requests: 40_000, users: 100_000, errors: 0 })).values()].map(
      ([first]) => first?.visitor.journey,
    );
    const total = JOURNEYS.reduce((sum, { weight }) => sum + weight, 0);

    for (const { name, weight } of JOURNEYS) {
      const share = visitors.filter((journey) => journey === name).length / visitors.length;
      expect(Math.abs(share - weight / total)).toBeLessThan(0.02);
    }
  });

  it('goes on without an end, and in constant memory, when no number of requests is given', () => {
    const requests = planRequests({ seed: 'monday', rate: 1000, errors: 0, users: 10 });
    let last = -1;

    for (let count = 0; count < 100_000; count++) last = requests.next().value?.index ?? -1;

    expect(last).toBe(99_999);
  });

  it('never fills a path in half', () => {
    for (const { path, form } of plan()) expect(`${path} ${form ?? ''}`).not.toMatch(/[{}]|undefined/);
  });
});

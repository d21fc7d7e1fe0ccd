import { type Fault, planFaults } from '../../firehose/faults';

const fates = (seed: string, share: number, count: number) => {
  const next = planFaults({ seed, share });
  return Array.from({ length: count }, () => next().fault);
};

it('is the same for the same seed, and another for another', () => {
  expect(fates('7', 0.5, 100)).toEqual(fates('7', 0.5, 100));
  expect(fates('7', 0.5, 100)).not.toEqual(fates('8', 0.5, 100));
});

it('makes as many faults as asked for, of all kinds', () => {
  const made = fates('seed', 0.2, 5000).filter((fault): fault is Fault => fault !== undefined);

  // 1,000 expected; the standard deviation is 28.
  expect(Math.abs(made.length - 1000)).toBeLessThan(140);
  for (const kind of ['refused', 'partial', 'silent', 'broken'] as const)
    expect(made.filter((fault) => fault === kind).length).toBeGreaterThan(150);
});

it('makes none, or only faults, at the ends', () => {
  expect(new Set(fates('a', 0, 100))).toEqual(new Set([undefined]));
  expect(fates('a', 1, 100)).not.toContain(undefined);
});

it('always fails a record of a batch that fails partly', () => {
  const next = planFaults({ seed: 'x', share: 1 });
  for (let request = 0; request < 200; request++) {
    const { fails } = next();
    const count = 1 + (request % 5);

    const failed = Array.from({ length: count }, (_, index) => fails(index, count));

    expect(failed).toContain(true);
  }
});

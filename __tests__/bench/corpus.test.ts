import { generateCorpus } from '../../bench/corpus';
import { checkCorpus } from '../../bench/corpus-check';

describe('the corpus', () => {
  it('is the same for the same seed, and different for another', () => {
    const [one, again, other] = [7, 7, 8].map((seed) => [...generateCorpus({ lines: 500, seed })]);

    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('has no newline within a line, and no blank line', () => {
    const lines = [...generateCorpus({ lines: 5000, seed: 1 })].map(({ line }) => line.toString('latin1'));

    expect(lines.filter((line) => line.includes('\n') || line.trim() === '')).toEqual([]);
  });

  it('has as much garbage as asked for', () => {
    const clean = [...generateCorpus({ lines: 2000, seed: 1, garbage: 0 })];
    const usual = [...generateCorpus({ lines: 20_000, seed: 1 })];

    expect(clean.every(({ truth }) => truth !== undefined)).toBe(true);
    expect(usual.filter(({ truth }) => truth === undefined).length / usual.length).toBeCloseTo(0.03, 2);
  });
});

// The 200,000 lines of the figure: npm run bench -- corpus
it.each([1, 2])(
  'the transform makes the right event of each line, and none of garbage (seed %i)',
  (seed) => {
    const verdict = checkCorpus({ lines: 10_000, seed });

    expect(verdict).toMatchObject({ lines: 10_000, accepted: 0, wrong: 0, faults: [] });
    expect(verdict.garbage).toBeGreaterThan(200);
  },
  60_000,
);

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHistogram } from '../../traffic/histogram';

const time = fc.oneof(
  fc.double({ min: 0, max: 7_000_000, noNaN: true }),
  // Here a bucket is not much smaller than the time itself.
  fc.double({ min: 0, max: 2, noNaN: true }),
);
const times = fc.array(time, { minLength: 1, maxLength: 200 });

it('gives percentiles to half a percent or a microsecond, and the longest time exactly', () => {
  fc.assert(
    fc.property(times, (all) => {
      const histogram = createHistogram();
      const sorted = all.toSorted((one, other) => one - other);

      for (const ms of all) histogram.record(ms);

      const { p50, p90, p99, max } = histogram.percentiles();
      for (const [seen, share] of [
        [p50, 0.5],
        [p90, 0.9],
        [p99, 0.99],
      ] as const) {
        const exact = sorted[Math.ceil(share * sorted.length) - 1] as number;
        expect(Math.abs(seen - exact)).toBeLessThanOrEqual(Math.max(0.0010001, exact * 0.005));
      }
      expect(Math.abs(max - (sorted.at(-1) as number))).toBeLessThan(0.00051);
    }),
    { numRuns: 1000 },
  );
});

it('rounds every percentile to a microsecond', () => {
  const histogram = createHistogram();

  histogram.record(10_570.656115000002);

  expect(histogram.percentiles()).toEqual({ p50: 10_570.656, p90: 10_570.656, p99: 10_570.656, max: 10_570.656 });
});

it('gives the number of times in each range', () => {
  const histogram = createHistogram();

  for (const ms of [0.5, 0.5, 80]) histogram.record(ms);

  const ranges = histogram.ranges();
  expect(ranges.map(({ count }) => count)).toEqual([2, 1]);
  expect(ranges[0]?.upToMs).toBeCloseTo(0.5, 2);
  expect(ranges[1]?.upToMs).toBeCloseTo(80, 0);
});

it('gives zeros while it is empty, and after clear()', () => {
  const histogram = createHistogram();
  const zeros = { p50: 0, p90: 0, p99: 0, max: 0 };

  const before = histogram.percentiles();
  histogram.record(5);
  histogram.clear();

  expect([before, histogram.percentiles(), histogram.count]).toEqual([zeros, zeros, 0]);
});

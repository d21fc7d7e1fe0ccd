import fc from 'fast-check';
import { linearScale, niceCeiling, quartersOf, toTenth, toTimeStep } from '../../core/chart-scale';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('niceCeiling', () => {
  it.each([
    [0, 1],
    [-3, 1],
    [Number.NaN, 1],
    [1, 1],
    [1.01, 1.2],
    [4, 4],
    [4.1, 6],
    [97, 100],
    [100, 100],
    [101, 120],
    [0.003, 0.0032],
    [1234, 1600],
  ])('of %d is %d', (value, top) => {
    expect(niceCeiling(value)).toBeCloseTo(top, 12);
  });

  it('does not jump a step because of a rounding error', () => {
    expect(niceCeiling(0.1 + 0.2 - 0.1)).toBeCloseTo(0.2, 12);
  });

  it('is never below the value, and never more than half of it above', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (value) => {
        const top = niceCeiling(value);
        expect(top).toBeGreaterThanOrEqual(value * (1 - 1e-9));
        expect(top).toBeLessThanOrEqual(value * 1.5 * (1 + 1e-9));
      }),
    );
  });

  it('has a whole half where the values are whole and the axis is at least 4', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 1_000_000_000 }), (value) => {
        expect(niceCeiling(value) % 2).toBe(0);
      }),
    );
  });
});

it('cuts an axis into quarters', () => {
  expect(quartersOf(8)).toEqual([0, 2, 4, 6, 8]);
});

describe('toTimeStep', () => {
  it.each([
    ['as short as a second', 0, undefined, SECOND],
    ['a usual step as it is', 10 * SECOND, undefined, 10 * SECOND],
    ['the next usual step', 11 * SECOND, undefined, 15 * SECOND],
    ['weeks, not five days', 4.1 * DAY, undefined, 7 * DAY],
    ['whole days beyond the longest', 365 * DAY + 1, undefined, 366 * DAY],
    ['a multiple of the bucket', 6 * MINUTE, 2 * MINUTE, 10 * MINUTE],
    ['a multiple of the bucket, where the next usual step is none', 12 * MINUTE, 10 * MINUTE, 30 * MINUTE],
    ['a multiple of the bucket, beyond every usual step', 61 * DAY, 30 * DAY, 90 * DAY],
  ])('gives %s', (_, leastMs, unitMs, step) => {
    expect(toTimeStep(leastMs, unitMs)).toBe(step);
  });
});

describe('linearScale', () => {
  it('maps a value onto pixels that run downwards', () => {
    const y = linearScale([0, 200], [150, 50]);

    expect([y(0), y(50), y(200)]).toEqual([150, 125, 50]);
  });

  it('maps a domain that does not start at 0', () => {
    expect(linearScale([10, 20], [0, 100])(13)).toBe(30);
  });
});

it.each([
  [12.34, 12.3],
  [12.36, 12.4],
  [-0.06, -0.1],
  [7, 7],
])('rounds %d pixels to %d', (pixels, rounded) => {
  expect(toTenth(pixels)).toBe(rounded);
});

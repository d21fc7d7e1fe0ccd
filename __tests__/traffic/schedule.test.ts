import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type RatePoint, toSchedule } from '../../traffic/schedule';

describe('a constant rate', () => {
  it('has its slots in the middle of their parts of a second', () => {
    const { atMs } = toSchedule({ rate: 50 });

    expect([0, 1, 2, 499].map(atMs)).toEqual([10, 30, 50, 9990]);
  });

  it.each([
    [50, 0, 0],
    [50, 0.01, 0],
    [50, 0.1, 5],
    [50, 1, 50],
    [0.5, 3, 1],
    [0.1, 10, 1],
    [33.3, 100, 3330],
  ])('of %d a second has before %d s %d slots', (rate, seconds, slots) => {
    expect(toSchedule({ rate }).slotsBefore(seconds)).toBe(slots);
  });
});

describe('a ramp', () => {
  const ramp = [
    { seconds: 0, rate: 10 },
    { seconds: 60, rate: 100 },
  ];

  it('has as many slots as the area under it', () => {
    expect(toSchedule({ rate: 1, ramp }).slotsBefore(60)).toBe(3300);
  });

  it('changes linearly between two points and stays after the last', () => {
    const { rateAt, slotsBefore } = toSchedule({ rate: 1, ramp });

    expect([0, 30, 60, 100].map(rateAt)).toEqual([10, 55, 100, 100]);
    expect(slotsBefore(61)).toBe(3400);
  });

  it('may jump, and may pause', () => {
    const steps = [
      { seconds: 0, rate: 10 },
      { seconds: 1, rate: 10 },
      { seconds: 1, rate: 0 },
      { seconds: 2, rate: 0 },
      { seconds: 2, rate: 20 },
      { seconds: 3, rate: 20 },
    ];
    const { atMs, slotsBefore } = toSchedule({ rate: 1, ramp: steps });

    expect([0.5, 1, 1.5, 2, 3].map(slotsBefore)).toEqual([5, 10, 10, 10, 30]);
    expect(atMs(9)).toBeCloseTo(950, 6);
    expect(atMs(10)).toBeCloseTo(2025, 6);
  });

  it('has a time for a slot that falls where the rate is 0', () => {
    const { atMs } = toSchedule({
      rate: 1,
      ramp: [
        { seconds: 0, rate: 5 },
        { seconds: 1, rate: 0 },
        { seconds: 3, rate: 2 },
      ],
    });

    // The area is 2.5 at the first second; then t²/2, which is 1 after the square root of 2.
    expect(atMs(2)).toBe(1000);
    expect(atMs(3)).toBeCloseTo(1000 + Math.SQRT2 * 1000, 6);
  });

  it('is consistent for any points: slot n is due when n slots lie before', () => {
    const points = fc
      .array(fc.record({ seconds: fc.integer({ min: 0, max: 20 }), rate: fc.integer({ min: 0, max: 500 }) }), {
        minLength: 1,
        maxLength: 6,
      })
      .map((some): RatePoint[] => [
        { seconds: 0, rate: 5 },
        ...some.sort((one, other) => one.seconds - other.seconds),
        { seconds: 21, rate: 7 },
      ]);

    fc.assert(
      fc.property(points, fc.integer({ min: 0, max: 3000 }), (ramp, slot) => {
        const { atMs, slotsBefore, rateAt } = toSchedule({ rate: 1, ramp });

        const seconds = atMs(slot) / 1000;

        expect(seconds).toBeGreaterThanOrEqual(slot === 0 ? 0 : atMs(slot - 1) / 1000);
        expect(slotsBefore(seconds - 1e-6)).toBeLessThanOrEqual(slot);
        // Where the rate rises from 0, it takes a moment until anything is sent.
        expect(slotsBefore(seconds + (rateAt(seconds) === 0 ? 1e-3 : 1e-6))).toBeGreaterThan(slot);
      }),
    );
  });
});

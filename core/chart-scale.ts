/** The arithmetic that every chart shares: round ends of an axis, round steps of time, positions in pixels. Pure; runs in the browser too. */

const CEILINGS = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10];

/**
 * The top of an axis that starts at 0: the next of these steps times a power of ten. Its quarters have two digits at most, and
 * from 4 upwards its half is a whole number.
 *
 * @returns 1 for a value that is not positive.
 */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  // A value that rounding errors put just above a step still gets that step.
  return power * (CEILINGS.find((step) => step * power >= value * (1 - 1e-9)) ?? 10);
}

/** The grid lines of an axis from 0 to `top`: one at each quarter. */
export function quartersOf(top: number): readonly number[] {
  return [0, 0.25, 0.5, 0.75, 1].map((part) => part * top);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Steps that people count time in. */
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 30, 91, 365].map((days) => days * DAY),
];

/**
 * The smallest step that people count time in, for buckets or labels.
 *
 * @param leastMs the minimum.
 * @param unitMs the step is a multiple of this, so that each label falls on a bucket.
 * @returns milliseconds; a multiple of `unitMs`, and of a day where no usual step is long enough.
 */
export function toTimeStep(leastMs: number, unitMs = SECOND): number {
  const step = TIME_STEPS.find((ms) => ms >= leastMs && ms % unitMs === 0);
  if (step !== undefined) return step;
  const whole = Math.max(unitMs, DAY);
  return Math.ceil(leastMs / whole) * whole;
}

/** Maps `domain` linearly onto `pixels`, which may run downwards as the y axis of SVG does. */
export function linearScale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): (value: number) => number {
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}

/** A position in pixels, to a tenth: more digits are invisible and only make the markup longer. */
export function toTenth(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

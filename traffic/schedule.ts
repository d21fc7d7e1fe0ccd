/**
 * When each request is due. The rate is a line through points (constant if there is only one). Slot n is due when the area under
 * the line reaches n + 1/2, so that at a constant rate each slot lies in the middle of its part of a second.
 */

/** `rate` requests a second at `seconds` of the run; between two points the rate changes linearly. */
export interface RatePoint {
  readonly seconds: number;
  readonly rate: number;
}

export interface Schedule {
  /** The intended start of a slot (from 0), in milliseconds from the run's start. */
  atMs(slot: number): number;
  /** Number of slots before a moment of the run. */
  slotsBefore(seconds: number): number;
  /** Requests a second at a moment of the run. */
  rateAt(seconds: number): number;
}

/** @param ramp points in order of time, from 0 s; the rate stays after the last one. Without it, `rate` all the time. */
export function toSchedule({
  rate,
  ramp,
}: {
  readonly rate: number;
  readonly ramp?: readonly RatePoint[] | undefined;
}) {
  return ramp === undefined ? toSteady(rate) : toRamp(ramp);
}

/** Corrects moments that no double represents exactly: 0.1 s x 50 is 5 slots. */
const TINY = 1e-9;

function toSteady(rate: number): Schedule {
  return {
    atMs: (slot) => ((slot + 0.5) * 1000) / rate,
    slotsBefore: (seconds) => Math.max(0, Math.ceil(seconds * rate - 0.5 - TINY)),
    rateAt: () => rate,
  };
}

interface Segment {
  readonly seconds: number;
  /** In seconds; Infinity for the last one. */
  readonly length: number;
  readonly rate: number;
  /** Change of the rate, in requests a second per second. */
  readonly slope: number;
  /** Slots before it, including fractions. */
  readonly slots: number;
}

function toRamp(points: readonly RatePoint[]): Schedule {
  const segments: Segment[] = [];
  let slots = 0;
  for (const [place, { seconds, rate }] of points.entries()) {
    const next = points[place + 1];
    const length = next === undefined ? Number.POSITIVE_INFINITY : next.seconds - seconds;
    if (length === 0) continue;
    const slope = next === undefined ? 0 : (next.rate - rate) / length;
    segments.push({ seconds, length, rate, slope, slots });
    if (next !== undefined) slots += ((rate + next.rate) / 2) * length;
  }
  const segmentWhere = (isIn: (segment: Segment) => boolean) => segments.findLast(isIn) ?? (segments[0] as Segment);
  const at = (seconds: number) => segmentWhere((segment) => segment.seconds <= seconds);

  return {
    atMs(slot) {
      const { seconds, slope, rate, slots } = segmentWhere((segment) => segment.slots <= slot + 0.5);
      const area = slot + 0.5 - slots;
      // If the rate rises from 0, the root would be 0/0.
      if (area === 0) return seconds * 1000;
      // The root of slope/2 t² + rate t = area, in the form that stays exact for a slope near 0.
      const length = (2 * area) / (rate + Math.sqrt(Math.max(0, rate * rate + 2 * slope * area)));
      return (seconds + length) * 1000;
    },
    slotsBefore(seconds) {
      const segment = at(seconds);
      const length = Math.max(0, seconds - segment.seconds);
      const area = segment.slots + (segment.rate + (segment.slope * length) / 2) * length;
      return Math.max(0, Math.ceil(area - 0.5 - TINY));
    },
    rateAt(seconds) {
      const segment = at(seconds);
      return segment.rate + segment.slope * Math.max(0, seconds - segment.seconds);
    },
  };
}

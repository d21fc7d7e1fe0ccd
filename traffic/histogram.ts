/**
 * Times in buckets whose width grows with the time: exact to 0.4 % from a microsecond to two hours, in 28 KB. Node's own histogram
 * does not show its buckets; hdr-histogram-js loads and records more slowly (docs/decisions.md).
 */
export interface Histogram {
  readonly count: number;
  record(ms: number): void;
  percentiles(): Percentiles;
  /** The number of times in each range; empty ranges are left out. */
  ranges(): readonly { readonly upToMs: number; readonly count: number }[];
  clear(): void;
}

/** In milliseconds; all 0 while the histogram is empty. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Buckets for each doubling. */
const PARTS = 128;
const DOUBLINGS = 28;

export function createHistogram(): Histogram {
  const buckets = new Float64Array(PARTS * DOUBLINGS);
  let [count, max] = [0, 0];

  const percentile = (share: number) => {
    let rest = Math.ceil(share * count);
    for (const [bucket, times] of buckets.entries()) {
      rest -= times;
      if (rest <= 0) return Math.min(toMs(bucket), round(max));
    }
    return round(max);
  };
  return {
    get count() {
      return count;
    },
    record(ms) {
      const bucket = toBucket(ms);
      buckets[bucket] = (buckets[bucket] as number) + 1;
      count++;
      if (ms > max) max = ms;
    },
    percentiles() {
      if (count === 0) return { p50: 0, p90: 0, p99: 0, max: 0 };
      return { p50: percentile(0.5), p90: percentile(0.9), p99: percentile(0.99), max: round(max) };
    },
    ranges: () =>
      Array.from(buckets, (times, bucket) => ({ upToMs: toMs(bucket), count: times })).filter(({ count }) => count > 0),
    clear() {
      buckets.fill(0);
      [count, max] = [0, 0];
    },
  };
}

/** One bucket for each microsecond below 128, then 128 for each doubling. */
function toBucket(ms: number): number {
  const us = Math.max(0, Math.floor(ms * 1000));
  if (us < PARTS) return us;
  // Integer arithmetic makes recording four times as fast, but ends at 32 bits, which is 71 minutes.
  if (us < 2 ** 32) {
    const doubling = 24 - Math.clz32(us);
    return PARTS * doubling + (us >>> doubling);
  }
  const doubling = Math.floor(Math.log2(us / PARTS));
  return Math.min(PARTS * DOUBLINGS - 1, PARTS * doubling + Math.floor(us / 2 ** doubling));
}

/** The middle of the bucket. */
function toMs(bucket: number): number {
  if (bucket < PARTS) return (bucket + 0.5) / 1000;
  const doubling = Math.floor(bucket / PARTS) - 1;
  return round(((PARTS + (bucket % PARTS) + 0.5) * 2 ** doubling) / 1000);
}

const round = (ms: number) => Math.round(ms * 1000) / 1000;

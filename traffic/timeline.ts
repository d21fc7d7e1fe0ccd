/** A run over time, in bins of one second; whenever there are too many, each becomes twice as long. */
import { createHistogram } from './histogram';

export interface Bin {
  sent: number;
  answered: number;
  /** Answers from 500 up. */
  errors: number;
  lost: number;
  /** Percentiles of the answers in this bin: the highest of its seconds. */
  p50Ms: number;
  p99Ms: number;
}

export interface Timeline {
  /** Length of a bin. */
  readonly binSeconds: number;
  onSent(nowMs: number): void;
  onAnswer(nowMs: number, latencyMs: number, status: number): void;
  onLost(nowMs: number): void;
  /** In order of time, from the run's start. */
  bins(): readonly Readonly<Bin>[];
}

const MAX_BINS = 600;

export function createTimeline(): Timeline {
  const latency = createHistogram();
  let bins: Bin[] = [];
  let [binSeconds, second] = [1, 0];

  /** A second's percentiles are known once the next one begins, since answers come in order of time. */
  const endSecond = () => {
    if (latency.count > 0) {
      const { p50, p99 } = latency.percentiles();
      const bin = binAt(second * 1000);
      bin.p50Ms = Math.max(bin.p50Ms, p50);
      bin.p99Ms = Math.max(bin.p99Ms, p99);
      latency.clear();
    }
  };
  const binAt = (nowMs: number): Bin => {
    let place = Math.floor(Math.max(0, nowMs) / 1000 / binSeconds);
    while (place >= MAX_BINS) {
      bins = halve(bins);
      binSeconds *= 2;
      place = Math.floor(place / 2);
    }
    while (bins.length <= place) bins.push({ sent: 0, answered: 0, errors: 0, lost: 0, p50Ms: 0, p99Ms: 0 });
    return bins[place] as Bin;
  };

  return {
    get binSeconds() {
      return binSeconds;
    },
    onSent(nowMs) {
      binAt(nowMs).sent++;
    },
    onAnswer(nowMs, latencyMs, status) {
      const now = Math.floor(nowMs / 1000);
      if (now > second) {
        endSecond();
        second = now;
      }
      latency.record(latencyMs);
      const bin = binAt(nowMs);
      bin.answered++;
      if (status >= 500) bin.errors++;
    },
    onLost(nowMs) {
      binAt(nowMs).lost++;
    },
    bins() {
      endSecond();
      return bins;
    },
  };
}

function halve(bins: readonly Bin[]): Bin[] {
  return Array.from({ length: Math.ceil(bins.length / 2) }, (_, place) => {
    const one = bins[2 * place] as Bin;
    const other = bins[2 * place + 1] ?? one;
    if (other === one) return one;
    return {
      sent: one.sent + other.sent,
      answered: one.answered + other.answered,
      errors: one.errors + other.errors,
      lost: one.lost + other.lost,
      p50Ms: Math.max(one.p50Ms, other.p50Ms),
      p99Ms: Math.max(one.p99Ms, other.p99Ms),
    };
  });
}

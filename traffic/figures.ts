/** A run's figures while it goes: constant memory, however long. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** In milliseconds; all 0 before there is anything. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export interface Figures {
  readonly sent: number;
  /** Sent after their time because the visitor waited for an answer. */
  readonly late: number;
  /** Times are milliseconds from the run's start. */
  onSent(atMs: number, sentAtMs: number, isLate: boolean): void;
  onAnswer(latencyMs: number): void;
  latencyMs(): Percentiles;
  /** From the intended start to the sending, of requests that are not late. */
  lagMs(): Percentiles;
  /** Of the seconds that are over, the one farthest from the plan: sent / planned, 1 where none differs. */
  readonly worstSecond: number;
  /** The last second of the plan is over too. */
  complete(): void;
}

/** @param planned how many requests the plan has in a second of the run, by its number from 0. */
export function createFigures(planned: (second: number) => number): Figures {
  const [latency, lag] = [createTimes(), createTimes()];
  let [sent, late, second, inSecond, worst] = [0, 0, 0, 0, 1];

  const endSecond = () => {
    const share = planned(second) === 0 ? 1 : inSecond / planned(second);
    if (Math.abs(share - 1) > Math.abs(worst - 1)) worst = share;
    inSecond = 0;
    second++;
  };

  return {
    get sent() {
      return sent;
    },
    get late() {
      return late;
    },
    onSent(atMs, sentAtMs, isLate) {
      while (second < Math.floor(sentAtMs / 1000)) endSecond();
      inSecond++;
      sent++;
      if (isLate) late++;
      else record(lag, sentAtMs - atMs);
    },
    onAnswer: (latencyMs) => record(latency, latencyMs),
    latencyMs: () => toPercentiles(latency),
    lagMs: () => toPercentiles(lag),
    get worstSecond() {
      return worst;
    },
    complete: endSecond,
  };
}

/** In microseconds, up to an hour, to three digits. */
function createTimes(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 });
}

/** The histogram knows no zero. */
function record(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.max(1, Math.round(ms * 1000)));
}

function toPercentiles(histogram: RecordableHistogram): Percentiles {
  const ms = (microseconds: number) => (histogram.count === 0 ? 0 : microseconds / 1000);
  const [p50, p90, p99] = [50, 90, 99].map((percent) => ms(histogram.percentile(percent)));
  return { p50: p50 ?? 0, p90: p90 ?? 0, p99: p99 ?? 0, max: ms(histogram.max) };
}

/** Counts, latencies and the worst second of a run while it goes. Memory does not grow with the run's length. */
import { createHistogram, type Percentiles } from './histogram';
import { createTimeline, type Timeline } from './timeline';

export interface RunMetrics {
  readonly sent: number;
  /** Sent after their time, because their visitor waited for an answer. */
  readonly late: number;
  /** When the last request was sent. */
  readonly lastSentMs: number;
  /** All times are milliseconds from the run's start. */
  onSent(atMs: number, sentAtMs: number, isLate: boolean): void;
  /** @param nowMs when the answer was complete. */
  onAnswer(nowMs: number, latencyMs: number, status: number): void;
  onLost(nowMs: number): void;
  latencyMs(): Percentiles;
  /** Number of answers by latency. */
  latencyRanges(): readonly { readonly upToMs: number; readonly count: number }[];
  /** From the intended start to the sending; late requests are left out. */
  lagMs(): Percentiles;
  /** Sent / planned in the second farthest from the plan, among those that are over; 1 if none differs. */
  readonly worstSecond: number;
  readonly timeline: Timeline;
  /** Ends the last second of the plan. */
  complete(): void;
}

/** @param planned requests in the plan by second, from 0; if left out, there is no worst second. */
export function createRunMetrics(planned?: (second: number) => number): RunMetrics {
  const [latency, lag, timeline] = [createHistogram(), createHistogram(), createTimeline()];
  let [sent, late, second, inSecond, worst, lastSentMs] = [0, 0, 0, 0, 1, 0];

  const endSecond = () => {
    const due = planned?.(second) ?? 0;
    const share = due === 0 ? 1 : inSecond / due;
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
    get lastSentMs() {
      return lastSentMs;
    },
    onSent(atMs, sentAtMs, isLate) {
      while (second < Math.floor(sentAtMs / 1000)) endSecond();
      inSecond++;
      sent++;
      lastSentMs = sentAtMs;
      timeline.onSent(sentAtMs);
      if (isLate) late++;
      else lag.record(sentAtMs - atMs);
    },
    onAnswer(nowMs, latencyMs, status) {
      latency.record(latencyMs);
      timeline.onAnswer(nowMs, latencyMs, status);
    },
    onLost: (nowMs) => timeline.onLost(nowMs),
    latencyMs: latency.percentiles,
    latencyRanges: latency.ranges,
    lagMs: lag.percentiles,
    get worstSecond() {
      return worst;
    },
    timeline,
    complete: endSecond,
  };
}

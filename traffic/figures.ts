/** A run's figures while it goes: bounded memory, however long. */
import { createHistogram, type Percentiles } from './histogram';
import { createTimeline, type Timeline } from './timeline';

export interface Figures {
  readonly sent: number;
  /** Sent after their time because the visitor waited for an answer. */
  readonly late: number;
  /** When the last one was sent. */
  readonly lastSentMs: number;
  /** Times are milliseconds from the run's start. */
  onSent(atMs: number, sentAtMs: number, isLate: boolean): void;
  /** @param nowMs when the answer was whole. */
  onAnswer(nowMs: number, latencyMs: number, status: number): void;
  onLost(nowMs: number): void;
  latencyMs(): Percentiles;
  /** How many answers took how long. */
  latencyRanges(): readonly { readonly upToMs: number; readonly count: number }[];
  /** From the intended start to the sending, of requests that are not late. */
  lagMs(): Percentiles;
  /** Of the seconds that are over, the one farthest from the plan: sent / planned, 1 where none differs. */
  readonly worstSecond: number;
  readonly timeline: Timeline;
  /** The last second of the plan is over too. */
  complete(): void;
}

/** @param planned how many requests the plan has in a second of the run, by its number from 0; without one, none is the worst. */
export function createFigures(planned?: (second: number) => number): Figures {
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

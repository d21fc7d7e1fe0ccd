/** The state of a run, reported once a second. */

import type { Percentiles } from './histogram';
import type { Ledger } from './ledger';
import type { RunMetrics } from './run-metrics';
import type { RunPlan } from './run-plan';

export interface Progress {
  readonly seconds: number;
  /** The planned rate at this moment, in requests a second; null at full speed. */
  readonly rate: number | null;
  /** Requests a second since the previous report. */
  readonly seenRate: number;
  readonly sent: number;
  readonly planned: number | undefined;
  readonly lost: number;
  readonly errors: number;
  readonly latencyMs: Percentiles;
  /** Open now; undefined if the output has none. */
  readonly connections: number | undefined;
}

/** @returns a function that makes the current report; `seenRate` counts from its previous call. */
export function createProgress({ schedule, requests, share, max }: RunPlan, metrics: RunMetrics, ledger: Ledger) {
  let [shownSent, shownSeconds] = [0, 0];
  return (seconds: number, connections: number | undefined): Progress => {
    const { sent } = metrics;
    const seenRate = (sent - shownSent) / (seconds - shownSeconds);
    [shownSent, shownSeconds] = [sent, seconds];
    return {
      seconds,
      rate: max ? null : schedule.rateAt(seconds) * share,
      seenRate,
      sent,
      planned: requests && Math.round(requests * share),
      lost: ledger.lost,
      errors: ledger.errors,
      latencyMs: metrics.latencyMs(),
      connections,
    };
  };
}

/** The state of a run, reported once a second. */
import type { Figures } from './figures';
import type { Percentiles } from './histogram';
import type { Ledger } from './ledger';
import type { RunPlan } from './run-plan';

export interface Progress {
  readonly seconds: number;
  /** The plan's requests per second at this moment; null at full speed. */
  readonly rate: number | null;
  /** Requests per second since the last report. */
  readonly seenRate: number;
  readonly sent: number;
  readonly planned: number | undefined;
  readonly lost: number;
  readonly errors: number;
  readonly latencyMs: Percentiles;
  /** Open connections; undefined if the output has none. */
  readonly connections: number | undefined;
}

/** @returns a function that reports the current state; its `seenRate` counts from the previous call. */
export function createProgress({ schedule, requests, share, max }: RunPlan, figures: Figures, ledger: Ledger) {
  let [shownSent, shownSeconds] = [0, 0];
  return (seconds: number, connections: number | undefined): Progress => {
    const { sent } = figures;
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
      latencyMs: figures.latencyMs(),
      connections,
    };
  };
}

/** A run's results: the line that `--json` prints, documented in docs/traffic.md. */
import type { ToolkitError } from '../core/errors';
import { checkThresholds, type Threshold, type ThresholdResult } from './expect';
import type { Percentiles } from './histogram';
import type { Totals } from './ledger';
import type { OutputEnd, OutputResult } from './output';
import type { RunMetrics } from './run-metrics';
import type { RunPlan } from './run-plan';
import type { Schedule } from './schedule';

export interface TrafficReport {
  readonly run: string;
  readonly seed: string;
  readonly end: OutputEnd;
  /** Requests sent a second, from the first one's time to the last one's. */
  readonly rate: number;
  /** The planned rate; the mean of a ramp; null at full speed. */
  readonly rateAsked: number | null;
  /** From the first request's time to the last reply. */
  readonly seconds: number;
  /** Requests whose time came before the end. */
  readonly planned: number;
  readonly sent: number;
  readonly late: number;
  readonly answered: number;
  /** Answered with another status than planned. */
  readonly unplanned: number;
  readonly lost: number;
  /** The share of answers from 500 up. */
  readonly errorShare: number;
  readonly errorsPlanned: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly signUps: number;
  readonly signIns: number;
  /** Number of different users in the site's log. */
  readonly users: number;
  readonly pageViews: number;
  /** From the intended start to the end of the reply. */
  readonly latencyMs: Percentiles;
  /** From the intended start to the sending. */
  readonly lagMs: Percentiles;
  /** Sent / planned, in the full second in which they differ most. */
  readonly worstSecond: number;
  readonly ledger: string | null;
  /** The thresholds, and whether they hold. */
  readonly expect: readonly ThresholdResult[];
  /** Whether the run did not break, got answers if it sent anything, and meets all thresholds. */
  readonly passed: boolean;
  /** Why the run is broken, if the output knows. */
  readonly fault?: ToolkitError;
  /** Figures that only the output knows. */
  readonly [figure: string]: unknown;
}

export interface RunResult {
  readonly result: OutputResult;
  readonly seconds: number;
  readonly metrics: RunMetrics;
  readonly totals: Totals;
  readonly ledgerFile: string | undefined;
  readonly thresholds: readonly Threshold[];
}

export function toTrafficReport(plan: RunPlan, run: RunResult): TrafficReport {
  const { result, seconds, metrics, totals, ledgerFile, thresholds } = run;
  const { end, due, fault } = result;
  const { answered, unplanned, lost, byStatus, byAction, byOutcome, byUser } = totals;
  const failed = Object.entries(byStatus).filter(([status]) => status >= '500');
  const errors = failed.reduce((sum, [, count]) => sum + count, 0);
  const results = {
    run: plan.run,
    seed: plan.asked.seed,
    end,
    rate: round(metrics.sent / sendingSeconds(metrics, plan)),
    rateAsked: plan.max ? null : round(rateOf(due, plan)),
    seconds: round(seconds),
    planned: due,
    sent: metrics.sent,
    late: metrics.late,
    answered,
    unplanned,
    lost,
    errorShare: answered === 0 ? 0 : errors / answered,
    errorsPlanned: plan.errorsAmong(due),
    byStatus,
    signUps: byOutcome['sign_up success'] ?? 0,
    signIns: byOutcome['sign_in success'] ?? 0,
    users: Object.keys(byUser).length,
    pageViews: byAction['page_view'] ?? 0,
    latencyMs: metrics.latencyMs(),
    lagMs: metrics.lagMs(),
    worstSecond: round(metrics.worstSecond),
    ledger: ledgerFile ?? null,
    ...result.figures,
    ...(fault && { fault }),
  };
  const expect = checkThresholds(thresholds, results);
  const isWhole = end !== 'broken' && (answered > 0 || metrics.sent === 0);
  return { ...results, expect, passed: isWhole && expect.every(({ passed }) => passed) };
}

/** The planned rate; the mean of the part of a ramp that the run reached. */
function rateOf(due: number, { asked: { rate, ramp }, schedule, share }: RunPlan): number {
  return ramp === undefined || due === 0 ? rate * share : due / endOf(due / share, schedule);
}

/** When the last of this many slots ends, in seconds: half-way to the next one. */
function endOf(slots: number, { atMs }: Schedule): number {
  return slots === 0 ? 0 : (atMs(slots - 1) + atMs(slots)) / 2000;
}

/** How long the sending took: the length of all slots, plus the delay of the last one. */
function sendingSeconds({ sent, lastSentMs }: RunMetrics, { schedule, max, share }: RunPlan): number {
  if (sent === 0) return 1;
  // At full speed, or with only a shard's slots, the end of the last slot is unknown.
  if (max || share < 1) return lastSentMs / 1000;
  const lateMs = Math.max(0, lastSentMs - schedule.atMs(sent - 1));
  return endOf(sent, schedule) + lateMs / 1000;
}

const round = (value: number) => Math.round(value * 10_000) / 10_000;

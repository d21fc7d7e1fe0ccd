/** What a run was, in figures: the line of `--json`, documented in docs/traffic.md. */
import type { ToolkitError } from '../core/errors';
import { judge, type Threshold, type ThresholdResult } from './expect';
import type { Figures } from './figures';
import type { Percentiles } from './histogram';
import type { Totals } from './ledger';
import type { OutputEnd, OutputResult } from './output';
import type { RunPlan } from './run-plan';
import type { Schedule } from './schedule';

export interface TrafficReport {
  readonly run: string;
  readonly seed: string;
  readonly end: OutputEnd;
  /** Requests sent a second, seen from the first one's time to the last one's. */
  readonly rate: number;
  /** Of a ramp, its mean; null at full speed. */
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
  /** How many different names the site's log has. */
  readonly users: number;
  readonly pageViews: number;
  /** From the intended start to the end of the reply. */
  readonly latencyMs: Percentiles;
  /** From the intended start to the sending. */
  readonly lagMs: Percentiles;
  /** Sent / planned, of the full second in which they differ most. */
  readonly worstSecond: number;
  readonly ledger: string | null;
  /** What was asked to hold, and whether it does. */
  readonly expect: readonly ThresholdResult[];
  /** Whether the run went to its end, or was stopped, with answers, and all that was asked to hold does. */
  readonly passed: boolean;
  /** Why the run is broken, where the output knows. */
  readonly fault?: ToolkitError;
  /** What only its output knows. */
  readonly [figure: string]: unknown;
}

export interface RunResult {
  readonly result: OutputResult;
  readonly seconds: number;
  readonly figures: Figures;
  readonly totals: Totals;
  readonly ledgerFile: string | undefined;
  readonly thresholds: readonly Threshold[];
}

export function toTrafficReport(plan: RunPlan, run: RunResult): TrafficReport {
  const { result, seconds, figures, totals, ledgerFile, thresholds } = run;
  const { end, due, fault } = result;
  const { answered, unplanned, lost, byStatus, byAction, byOutcome, byUser } = totals;
  const failed = Object.entries(byStatus).filter(([status]) => status >= '500');
  const errors = failed.reduce((sum, [, count]) => sum + count, 0);
  const results = {
    run: plan.run,
    seed: plan.asked.seed,
    end,
    rate: round(figures.sent / sendingSeconds(figures, plan)),
    rateAsked: plan.max ? null : round(rateOf(due, plan)),
    seconds: round(seconds),
    planned: due,
    sent: figures.sent,
    late: figures.late,
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
    latencyMs: figures.latencyMs(),
    lagMs: figures.lagMs(),
    worstSecond: round(figures.worstSecond),
    ledger: ledgerFile ?? null,
    ...result.figures,
    ...(fault && { fault }),
  };
  const expect = judge(thresholds, results);
  const isWhole = end !== 'broken' && (answered > 0 || figures.sent === 0);
  return { ...results, expect, passed: isWhole && expect.every(({ passed }) => passed) };
}

/** As asked; of a ramp, its mean as far as it went. */
function rateOf(due: number, { asked: { rate, ramp }, schedule, share }: RunPlan): number {
  return ramp === undefined || due === 0 ? rate * share : due / endOf(due / share, schedule);
}

/** Where the last of so many slots ends: half-way to the next. */
function endOf(slots: number, { atMs }: Schedule): number {
  return slots === 0 ? 0 : (atMs(slots - 1) + atMs(slots)) / 2000;
}

/** How long the sending took: each request has its slot's length, and the last one may have been late. */
function sendingSeconds({ sent, lastSentMs }: Figures, { schedule, max, share }: RunPlan): number {
  if (sent === 0) return 1;
  // Without a clock, or with some of the slots, there is no telling where the last one ends.
  if (max || share < 1) return lastSentMs / 1000;
  const lateMs = Math.max(0, lastSentMs - schedule.atMs(sent - 1));
  return endOf(sent, schedule) + lateMs / 1000;
}

const round = (value: number) => Math.round(value * 10_000) / 10_000;

import { randomInt } from 'node:crypto';
import { readDeployedAddress } from '../core/deploy-outputs';
import type { ToolkitError } from '../core/errors';
import { judge, parseThreshold, type ThresholdResult } from './expect';
import { createFigures, type Figures } from './figures';
import type { Percentiles } from './histogram';
import { toHtmlReport } from './html/html-report';
import { JOURNEYS } from './journeys';
import { readJourneys } from './journeys-file';
import { createLedger, type Ledger } from './ledger';
import { LEDGER_VERSION, type LedgerFile } from './ledger-file';
import { nameOfOutput, openOutput } from './open-output';
import { DEFAULTS, type TrafficOptions } from './options';
import type { OutputEnd, Recorder } from './output';
import { errorsAmong, planRequests } from './plan';
import { probeResultFile, type ResultFile, writeResultFile } from './result-file';
import { type Schedule, toSchedule } from './schedule';
import { toShardPlan } from './shard';

/**
 * Without a number of requests, seconds, a ramp or a time span the run goes on until `signal`.
 *
 * @see TrafficOptions for the options and their defaults.
 */
export interface RunOptions extends Partial<TrafficOptions> {
  readonly signal?: AbortSignal | undefined;
  /** Once a second. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface Progress {
  readonly seconds: number;
  /** Requests a second, as asked at this moment; null at full speed. */
  readonly rate: number | null;
  /** Requests a second, since the last progress. */
  readonly seenRate: number;
  readonly sent: number;
  readonly planned: number | undefined;
  readonly lost: number;
  readonly errors: number;
  readonly latencyMs: Percentiles;
  /** Open now; undefined where the output has none. */
  readonly connections: number | undefined;
}

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

const PROGRESS_MS = 1000;
/** At full speed nobody keeps the plan's time: it needs only visitors enough that none is asked for twice at once. */
const MAX_PLAN = { rate: 10_000, think: 0.1 };

/**
 * Makes a plan and takes it to its output: a site, a log file or a delivery stream.
 *
 * @returns also when it was stopped or the site broke off: see `end`.
 * @throws ToolkitError SITE_UNREACHABLE, SITE_UNEXPECTED, NO_ERROR_ROUTE or NO_SLOW_REPLIES before anything was sent;
 *   LEDGER_NOT_WRITABLE, REPORT_NOT_WRITABLE; UsageError for a threshold that is none
 */
export async function runTraffic(options: RunOptions): Promise<TrafficReport> {
  const { seed = randomName(8), run = randomName(6), rate = DEFAULTS.rate, ramp } = options;
  const thresholds = (options.expect ?? []).map(parseThreshold);
  const { errors = DEFAULTS.errors, errorMode = DEFAULTS.errorMode, users = DEFAULTS.users } = options;
  const { notFound, slow = DEFAULTS.slow, slowMs, think } = options;
  const { max = false, shard } = options;
  const share = 1 / (shard?.count ?? 1);
  const schedule = toSchedule(max ? { rate: MAX_PLAN.rate } : { rate, ramp });
  const requests = countRequests(options, schedule);
  const journeys = options.journeys === undefined ? JOURNEYS : readJourneys(options.journeys);
  const url =
    options.outputs === undefined
      ? (options.url ?? DEFAULTS.url)
      : readDeployedAddress(options.outputs, 'siteUrl', 'give the site with --url').origin;
  const asked = { seed, rate, ramp, errors, errorMode, notFound, slow, slowMs, users, think, requests };
  const planned = max ? { ...asked, ...MAX_PLAN, ramp: undefined } : asked;
  const needs = { errors: errors > 0 ? errorMode : undefined, delays: slow > 0 };
  const output = openOutput({ ...options, url, run, seed, needs, startRate: schedule.rateAt(0) * share });
  await output.probe();
  const ledgerFile = toResultFile('ledger', options.ledger);
  const htmlFile = toResultFile('report', options.html);
  for (const file of [ledgerFile, htmlFile]) if (file !== undefined) probeResultFile(file);

  const slots = (seconds: number) => Math.min(requests ?? Number.POSITIVE_INFINITY, schedule.slotsBefore(seconds));
  const whole = planRequests({ ...planned, journeys });
  const part = shard && toShardPlan(whole, shard);
  const plannedIn = part?.plannedIn ?? ((second: number) => slots(second + 1) - slots(second));
  const figures = createFigures(max ? undefined : plannedIn);
  const ledger = createLedger();
  const clock = { startedAt: new Date(), startMs: performance.now() };
  const recorder: Recorder = {
    onStart(startedAt) {
      Object.assign(clock, { startedAt, startMs: performance.now() });
      ledger.onStart(startedAt);
    },
    onSent: ({ atMs }, sentAtMs, isLate) => figures.onSent(max ? sentAtMs : atMs, sentAtMs, isLate),
    onAnswer(answer) {
      const { request, sentAtMs, latencyMs, seen } = answer;
      figures.onAnswer((max ? sentAtMs : request.atMs) + latencyMs, latencyMs, seen.status);
      ledger.onAnswer(answer);
    },
    onLost(request, loss) {
      figures.onLost(secondsNow() * 1000);
      ledger.onLost(request, loss);
    },
  };
  const secondsNow = () => (performance.now() - clock.startMs) / 1000;
  const progress = createProgress({ figures, ledger, schedule, share, requests, max, secondsNow });
  const timer = setInterval(() => options.onProgress?.(progress(output.connections)), PROGRESS_MS);
  try {
    const { end, due, fault, figures: others } = await output.run(part?.requests ?? whole, recorder, options.signal);
    const seconds = secondsNow();
    if (end === 'complete') figures.complete();
    const totals = ledger.totals();
    if (ledgerFile !== undefined) {
      const content: LedgerFile = {
        ledger: LEDGER_VERSION,
        run,
        seed,
        output: nameOfOutput(options),
        options: { url, max, ...asked, rate: max ? null : rate, journeys: options.journeys },
        shard,
        startedAt: clock.startedAt.toISOString(),
        end,
        planned: due,
        sent: figures.sent,
        ...totals,
      };
      writeResultFile(ledgerFile, `${JSON.stringify(content)}\n`);
    }
    const results = {
      run,
      seed,
      end,
      rate: round(figures.sent / sendingSeconds(figures, schedule, max || shard !== undefined)),
      rateAsked: max ? null : ramp === undefined ? rate * share : round(due / endOf(due / share, schedule)),
      seconds: round(seconds),
      planned: due,
      ...toResults(figures, ledger),
      errorsPlanned: part?.errors ?? errorsAmong(due, errors),
      ledger: options.ledger ?? null,
      ...others,
      ...(fault && { fault }),
    };
    const held = judge(thresholds, results);
    const isWhole = end !== 'broken' && (results.answered > 0 || results.sent === 0);
    const report: TrafficReport = { ...results, expect: held, passed: isWhole && held.every(({ passed }) => passed) };
    if (htmlFile !== undefined) {
      const { binSeconds } = figures.timeline;
      const bins = figures.timeline.bins();
      const inBin = (_: unknown, bin: number) =>
        (share * (slots((bin + 1) * binSeconds) - slots(bin * binSeconds))) / binSeconds;
      const html = toHtmlReport({
        report,
        target: options.stream ?? options.out ?? url,
        startedAt: clock.startedAt,
        binSeconds,
        bins,
        asked: max ? [] : bins.map(inBin),
        ranges: figures.latencyRanges(),
        byPage: totals.byPage,
        byAction: totals.byAction,
      });
      writeResultFile(htmlFile, html);
    }
    return report;
  } finally {
    clearInterval(timer);
  }
}

function toResultFile(kind: ResultFile['kind'], file: string | undefined): ResultFile | undefined {
  return file === undefined ? undefined : { kind, file };
}

/** Where the last of so many slots ends: half-way to the next. */
function endOf(slots: number, { atMs }: Schedule): number {
  return slots === 0 ? 0 : (atMs(slots - 1) + atMs(slots)) / 2000;
}

/** How long the sending took: each request has its slot's length, and the last one may have been late. */
function sendingSeconds({ sent, lastSentMs }: Figures, schedule: Schedule, isUneven: boolean): number {
  if (sent === 0) return 1;
  if (isUneven) return lastSentMs / 1000;
  const lateMs = Math.max(0, lastSentMs - schedule.atMs(sent - 1));
  return endOf(sent, schedule) + lateMs / 1000;
}

/** How many requests the plan has, at least one; undefined: without an end. */
function countRequests({ requests, seconds, ramp, from, to, max }: RunOptions, schedule: Schedule): number | undefined {
  if (requests !== undefined || max) return requests;
  const span = from === undefined || to === undefined ? undefined : (to.getTime() - from.getTime()) / 1000;
  const length = seconds ?? span ?? ramp?.at(-1)?.seconds;
  return length === undefined ? undefined : Math.max(1, schedule.slotsBefore(length));
}

interface Going {
  readonly figures: Figures;
  readonly ledger: Ledger;
  readonly schedule: Schedule;
  /** Of the plan: a shard's. */
  readonly share: number;
  readonly requests: number | undefined;
  readonly max: boolean;
  readonly secondsNow: () => number;
}

function createProgress({ figures, ledger, schedule, share, requests, max, secondsNow }: Going) {
  let [shownSent, shownSeconds] = [0, 0];
  return (connections: number | undefined): Progress => {
    const [{ sent }, seconds] = [figures, secondsNow()];
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

function toResults(figures: Figures, ledger: Ledger) {
  const { answered, unplanned, byStatus, byAction, byOutcome, byUser } = ledger.totals();
  return {
    sent: figures.sent,
    late: figures.late,
    answered,
    unplanned,
    lost: ledger.lost,
    errorShare: answered === 0 ? 0 : ledger.errors / answered,
    byStatus,
    signUps: byOutcome['sign_up success'] ?? 0,
    signIns: byOutcome['sign_in success'] ?? 0,
    users: Object.keys(byUser).length,
    pageViews: byAction['page_view'] ?? 0,
    latencyMs: figures.latencyMs(),
    lagMs: figures.lagMs(),
    worstSecond: round(figures.worstSecond),
  };
}

const round = (value: number) => Math.round(value * 10_000) / 10_000;

const randomName = (length: number) => Array.from({ length }, () => randomInt(36).toString(36)).join('');

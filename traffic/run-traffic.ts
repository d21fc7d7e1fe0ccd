import { parseThreshold } from './expect';
import { toHtmlReport } from './html/html-report';
import { createLedger, type Ledger } from './ledger';
import { LEDGER_VERSION, type LedgerFile } from './ledger-file';
import { nameOfOutput, openOutput } from './open-output';
import type { TrafficOptions } from './options';
import type { Recorder } from './output';
import { createProgress, type Progress } from './progress';
import { probeResultFile, type ResultFile, writeResultFile } from './result-file';
import { createRunMetrics, type RunMetrics } from './run-metrics';
import { type RunPlan, toRunPlan } from './run-plan';
import { type TrafficReport, toTrafficReport } from './traffic-report';

/**
 * Without `requests`, `seconds`, a ramp or a time span the run goes on until `signal`.
 *
 * @see TrafficOptions for the options and their defaults.
 */
export interface RunOptions extends Partial<TrafficOptions> {
  readonly signal?: AbortSignal | undefined;
  /** Called once a second. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

const PROGRESS_MS = 1000;

/**
 * Makes a plan and sends it to its output: a site, a log file or a delivery stream.
 *
 * @returns the report, even if the run was stopped or broken off: see `end`.
 * @throws ToolkitError SITE_UNREACHABLE, SITE_UNEXPECTED, NO_ERROR_ROUTE or NO_SLOW_REPLIES before anything is sent;
 *   LEDGER_NOT_WRITABLE, REPORT_NOT_WRITABLE; UsageError for an unreadable threshold
 */
export async function runTraffic(options: RunOptions): Promise<TrafficReport> {
  const thresholds = (options.expect ?? []).map((text) => parseThreshold(text));
  const plan = toRunPlan(options);
  const { run, url, needs, schedule, max, asked } = plan;
  const startRate = schedule.rateAt(0) * plan.share;
  const output = openOutput({ ...options, url, run, seed: asked.seed, needs, startRate });
  await output.probe();
  const ledgerFile = toResultFile('ledger', options.ledger);
  const htmlFile = toResultFile('report', options.html);
  for (const file of [ledgerFile, htmlFile]) if (file !== undefined) probeResultFile(file);

  const metrics = createRunMetrics(max ? undefined : plan.plannedIn);
  const ledger = createLedger();
  const clock = createClock();
  const progress = createProgress(plan, metrics, ledger);
  const timer = setInterval(() => options.onProgress?.(progress(clock.seconds(), output.connections)), PROGRESS_MS);
  try {
    const recorder = toRecorder(metrics, ledger, clock, max);
    const result = await output.run(plan.plan, recorder, options.signal);
    const seconds = clock.seconds();
    if (result.end === 'complete') metrics.complete();
    const totals = ledger.totals();
    if (ledgerFile !== undefined) {
      const whole: LedgerFile = {
        ledger: LEDGER_VERSION,
        run,
        seed: asked.seed,
        output: nameOfOutput(options),
        options: { url, max, ...asked, rate: max ? null : asked.rate, journeys: options.journeys },
        shard: options.shard,
        startedAt: clock.startedAt().toISOString(),
        end: result.end,
        planned: result.due,
        sent: metrics.sent,
        ...totals,
      };
      writeResultFile(ledgerFile, `${JSON.stringify(whole)}\n`);
    }
    const report = toTrafficReport(plan, { result, seconds, metrics, totals, thresholds, ledgerFile: options.ledger });
    if (htmlFile !== undefined) {
      const target = options.stream ?? options.out ?? url;
      const { byPage, byAction } = totals;
      const html = toHtmlReport({
        report,
        target,
        startedAt: clock.startedAt(),
        byPage,
        byAction,
        ...toCharts(plan, metrics),
      });
      writeResultFile(htmlFile, html);
    }
    return report;
  } finally {
    clearInterval(timer);
  }
}

type Clock = ReturnType<typeof createClock>;

/** The run's clock, which starts with the plan, not with the probe. */
function createClock() {
  let [startedAt, startMs] = [new Date(), performance.now()];
  return {
    start(at: Date) {
      [startedAt, startMs] = [at, performance.now()];
    },
    startedAt: () => startedAt,
    seconds: () => (performance.now() - startMs) / 1000,
  };
}

function toRecorder(metrics: RunMetrics, ledger: Ledger, clock: Clock, max: boolean): Recorder {
  return {
    onStart(startedAt) {
      clock.start(startedAt);
      ledger.onStart(startedAt);
    },
    onSent: ({ atMs }, sentAtMs, isLate) => metrics.onSent(max ? sentAtMs : atMs, sentAtMs, isLate),
    onAnswer(answer) {
      const { request, sentAtMs, latencyMs, seen } = answer;
      metrics.onAnswer((max ? sentAtMs : request.atMs) + latencyMs, latencyMs, seen.status);
      ledger.onAnswer(answer);
    },
    onLost(request, loss) {
      metrics.onLost(clock.seconds() * 1000);
      ledger.onLost(request, loss);
    },
  };
}

function toCharts({ max, rateBetween }: RunPlan, { timeline, latencyRanges }: RunMetrics) {
  const bins = timeline.bins();
  const { binSeconds } = timeline;
  const inBin = (_: unknown, bin: number) => rateBetween(bin * binSeconds, (bin + 1) * binSeconds);
  return { binSeconds, bins, asked: max ? [] : bins.map(inBin), ranges: latencyRanges() };
}

function toResultFile(kind: ResultFile['kind'], file: string | undefined): ResultFile | undefined {
  return file === undefined ? undefined : { kind, file };
}

import { randomInt } from 'node:crypto';
import { type DriveEnd, driveTraffic } from './driver';
import { createFigures, type Figures, type Percentiles } from './figures';
import { createLedger, type Ledger, probeLedgerFile, writeLedgerFile } from './ledger';
import { errorsAmong, planRequests, slotsBefore } from './plan';
import { probeSite } from './probe-site';

export interface TrafficOptions {
  /** The site's origin, `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Requests a second. */
  readonly rate: number;
  /** The share of requests that the site answers with 500, 0 to 1. */
  readonly errors: number;
  /** How many requests; without it the run goes on until `signal`, counts neither sessions nor minutes, and its memory does not grow. */
  readonly requests?: number | undefined;
  /** @default random */
  readonly seed?: string | undefined;
  /** Letters, digits, `-` and `_`. @default random */
  readonly run?: string | undefined;
  /** Names that visitors may sign up with. @default 10,000 */
  readonly users?: number | undefined;
  /** For the site's error route. */
  readonly token?: string | undefined;
  /** A file for the ledger. */
  readonly ledger?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Once a second. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface Progress {
  readonly seconds: number;
  readonly rate: number;
  /** Requests a second, since the last progress. */
  readonly seenRate: number;
  readonly sent: number;
  readonly planned: number | undefined;
  readonly lost: number;
  readonly errors: number;
  readonly latencyMs: Percentiles;
}

export interface TrafficReport {
  readonly run: string;
  readonly seed: string;
  readonly end: DriveEnd;
  readonly rate: number;
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
}

const USERS = 10_000;
const TIMEOUT_SECONDS = 10;
const MAX_CONNECTIONS = 10_000;
const PROGRESS_MS = 1000;

/**
 * Drives a site with visitors.
 *
 * @returns also when it was stopped or the site broke off: see `end`.
 * @throws ToolkitError SITE_UNREACHABLE, SITE_UNEXPECTED or NO_ERROR_ROUTE before anything was sent; LEDGER_NOT_WRITABLE
 */
export async function runTraffic(options: TrafficOptions): Promise<TrafficReport> {
  const { rate, errors, requests, seed = randomName(8), run = randomName(6), users = USERS, token, signal } = options;
  const url = new URL(options.url);
  await probeSite({ url, token, needsErrors: errors > 0 });
  if (options.ledger !== undefined) probeLedgerFile(options.ledger);

  let startedAt = new Date();
  let startMs = performance.now();
  const slots = (seconds: number) => Math.min(requests ?? Number.POSITIVE_INFINITY, slotsBefore(seconds, rate));
  const figures = createFigures((second) => slots(second + 1) - slots(second));
  const ledger = createLedger({ startedAt: () => startedAt, detailed: requests !== undefined });
  const secondsNow = () => (performance.now() - startMs) / 1000;
  let [shownSent, shownSeconds] = [0, 0];
  const showProgress = () => {
    const [{ sent }, seconds] = [figures, secondsNow()];
    const seenRate = (sent - shownSent) / (seconds - shownSeconds);
    [shownSent, shownSeconds] = [sent, seconds];
    const { lost, errors } = ledger;
    options.onProgress?.({
      seconds,
      rate,
      seenRate,
      sent,
      planned: requests,
      lost,
      errors,
      latencyMs: figures.latencyMs(),
    });
  };
  const timer = setInterval(showProgress, PROGRESS_MS);

  try {
    const plan = planRequests({ seed, rate, errors, users, requests });
    const site = { url, run, token, signal, maxConnections: MAX_CONNECTIONS, timeoutSeconds: TIMEOUT_SECONDS };
    const { end, due } = await driveTraffic(plan, site, {
      onStart() {
        startedAt = new Date();
        startMs = performance.now();
      },
      onSent: (request, sentAtMs, isLate) => figures.onSent(request.atMs, sentAtMs, isLate),
      onAnswer(answer) {
        figures.onAnswer(answer.latencyMs);
        ledger.onAnswer(answer);
      },
      onLost: ledger.onLost,
    });
    const seconds = secondsNow();
    if (end === 'complete') figures.complete();
    const report: TrafficReport = {
      run,
      seed,
      end,
      rate,
      seconds: round(seconds),
      planned: due,
      ...toResults(figures, ledger),
      errorsPlanned: errorsAmong(due, errors),
      ledger: options.ledger ?? null,
    };
    if (options.ledger !== undefined) {
      const asked = { url: url.origin, rate, errors, requests, users };
      const ledgerOfRun = {
        run,
        seed,
        options: asked,
        startedAt,
        end,
        planned: due,
        sent: figures.sent,
        ...ledger.totals(),
      };
      writeLedgerFile(options.ledger, `${JSON.stringify(ledgerOfRun)}\n`);
    }
    return report;
  } finally {
    clearInterval(timer);
  }
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

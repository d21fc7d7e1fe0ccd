/** The whole pipeline in one process, from its start to its report. */
import { rm } from 'node:fs/promises';
import type { PipelineStatus } from '../page/overview-reply';
import { checkPatterns } from '../shipper/find-logs';
import type { Shipper } from '../shipper/shipper';
import { type Closers, collectClosers } from './closers';
import { makeDataFolder } from './data-folder';
import { aborted, drainPipeline, failureOf } from './drain';
import { runLittleTraffic } from './little-traffic';
import { type Addresses, openPipeline, type Pipeline, type PipelineProps } from './pipeline';
import { isBalanced, type LocalReport, readBooks } from './report';

export interface LocalOptions extends PipelineProps {
  /** Stop after so many; else when `signal` says so, or with `once` when all is stored. */
  readonly seconds?: number | undefined;
  /** Kept from run to run. Without it a temporary folder is used, and removed unless something in it failed. */
  readonly dataFolder?: string | undefined;
  /** Of the little traffic on the demo site, requests a second; 0: none. */
  readonly rate: number;
  /** Its share of errors, 0 to 1. */
  readonly errors: number;
  readonly signal: AbortSignal;
  readonly onStart: (addresses: Addresses) => void;
  /** Twice a second. */
  readonly onProgress: (status: PipelineStatus, share: number) => void;
}

export interface LocalResult {
  readonly report: LocalReport;
  /** What ended the run early, if anything did. */
  readonly failure?: unknown;
}

const PROGRESS_MS = 500;

/**
 * Runs until it is told to stop, then drains: what was accepted is stored, kept as failed, or left in the journal where the store is away.
 *
 * @throws ToolkitError if it cannot start: a taken port, a folder that cannot be used, logs that are not there.
 */
export async function runLocal(options: LocalOptions): Promise<LocalResult> {
  await checkPatterns(options.logs);
  const folder = await makeDataFolder(options.dataFolder, options.site);
  const closers = collectClosers();
  let isClean = true;
  try {
    const pipeline = await openPipeline(folder, options, closers);
    isClean = false;
    const result = await run(pipeline, options, closers);
    isClean = result.failure === undefined && isWhole(result.report);
    return result;
  } finally {
    await closers.closeAll();
    if (options.dataFolder === undefined && isClean) await rm(folder, { recursive: true, force: true });
  }
}

async function run(pipeline: Pipeline, options: LocalOptions, closers: Closers): Promise<LocalResult> {
  const { site, shipper, addresses } = pipeline;
  options.onStart(addresses);
  const progress = setInterval(() => options.onProgress(pipeline.status(), shareOf(shipper)), PROGRESS_MS);
  closers.add(async () => clearInterval(progress));
  const asked = askedToStop(options, closers);
  const trafficEnd = new AbortController();
  const traffic =
    site === undefined
      ? undefined
      : runLittleTraffic(site.url, { ...options, token: site.token, signal: trafficEnd.signal });
  await Promise.race([failureOf(shipper), aborted(asked)]);
  trafficEnd.abort();
  await traffic;
  const failure = await drainPipeline(pipeline, asked);
  const report = readReport(pipeline);
  try {
    return { report: { ...report, ...(await pipeline.reader.readTotals()) }, failure };
  } catch (error) {
    // That events wait says the same, and what to do.
    return { report, failure: failure ?? (report.waiting > 0 ? undefined : error) };
  }
}

/** Aborted by the signal or after the seconds. */
function askedToStop({ signal, seconds }: LocalOptions, closers: Closers): AbortSignal {
  const asked = new AbortController();
  void aborted(signal).then(() => asked.abort());
  if (seconds !== undefined) {
    const timer = setTimeout(() => asked.abort(), seconds * 1000);
    closers.add(async () => clearTimeout(timer));
  }
  return asked.signal;
}

function readReport({ shipper, stream, reasons, status }: Pipeline): LocalReport {
  const waiting = stream.buffered().records;
  const seconds = Math.round(status().seconds * 1000) / 1000;
  const books = readBooks(shipper.counts(), stream.counts());
  return { ...books, waiting, seconds, reasons };
}

/** Whether all that was read is in the store: then a temporary folder holds nothing worth keeping. */
function isWhole(report: LocalReport): boolean {
  return isBalanced(report) && report.processingFailed + report.deliveryFailed === 0;
}

function shareOf(shipper: Shipper): number {
  const { bytesRead, bytesTotal } = shipper.counts();
  return bytesTotal === 0 ? 0 : Math.min(1, bytesRead / bytesTotal);
}

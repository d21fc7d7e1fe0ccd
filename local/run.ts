/** Runs the whole pipeline in one process, from its start to its report. */
import { rm } from 'node:fs/promises';
import { reasonOf } from '../core/errors';
import type { PipelineStatus } from '../page/overview-reply';
import { checkPatterns } from '../shipper/find-logs';
import type { Shipper } from '../shipper/shipper';
import { runTraffic } from '../traffic/run-traffic';
import { makeDataFolder, makeTemporaryFolder } from './data-folder';
import { aborted, drainPipeline, failureOf } from './drain';
import {
  type Addresses,
  type Closers,
  collectClosers,
  openPipeline,
  type Pipeline,
  type PipelineProps,
  type Site,
} from './pipeline';
import { isBalanced, type LocalReport, toTotals } from './report';

export interface LocalOptions extends PipelineProps {
  /** Stop after this time; without it, when `signal` is aborted, or with `once` when everything is stored. */
  readonly seconds?: number | undefined;
  /** Kept from run to run. Without it a temporary folder is used, and removed unless something in it failed. */
  readonly dataFolder?: string | undefined;
  /** Requests a second on the site (0 makes none). */
  readonly rate: number;
  /** Their share of errors, 0 to 1. */
  readonly errors: number;
  readonly signal: AbortSignal;
  readonly onStart: (addresses: Addresses) => void;
  /** Called twice a second; `share` is how much of the logs is read, 0 to 1. */
  readonly onProgress: (status: PipelineStatus, share: number) => void;
}

export interface LocalResult {
  readonly report: LocalReport;
  /** What ended the run early, if anything did. */
  readonly failure?: unknown;
}

const PROGRESS_MS = 500;

/**
 * Runs until it is told to stop, then drains: what was accepted is stored, kept as failed, or, if the store is out of reach, left in
 * the journal.
 *
 * @throws ToolkitError if it cannot start: a taken port, a folder that cannot be used, missing logs.
 */
export async function runLocal(options: LocalOptions): Promise<LocalResult> {
  await checkPatterns(options.logs);
  const folder = await (options.dataFolder === undefined
    ? makeTemporaryFolder(options.site)
    : makeDataFolder(options.dataFolder));
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
  const stop = toStopSignal(options, closers);
  const trafficEnd = new AbortController();
  const traffic = site && makeTraffic(site, options, trafficEnd.signal);
  await Promise.race([failureOf(shipper), aborted(stop)]);
  trafficEnd.abort();
  await traffic;
  const failure = await drainPipeline(pipeline, stop);
  const report = readReport(pipeline);
  try {
    return { report: { ...report, ...(await pipeline.reader.readTotals()) }, failure };
  } catch (error) {
    // The report of waiting events says the same, and what to do.
    return { report, failure: failure ?? (report.waiting > 0 ? undefined : error) };
  }
}

/** Aborted with the caller's signal, or when `seconds` are over. */
function toStopSignal({ signal, seconds }: LocalOptions, closers: Closers): AbortSignal {
  const stop = new AbortController();
  void aborted(signal).then(() => stop.abort());
  if (seconds !== undefined) {
    const timer = setTimeout(() => stop.abort(), seconds * 1000);
    closers.add(async () => clearTimeout(timer));
  }
  return stop.signal;
}

/** Gives the page something to show from the start. A site that stops answering does not end the pipeline. Never rejects. */
async function makeTraffic({ url, token }: Site, options: LocalOptions, signal: AbortSignal): Promise<void> {
  const { rate, errors, warn } = options;
  if (rate === 0) return;
  try {
    const { end } = await runTraffic({ url, rate, errors, token, signal });
    if (end === 'broken') warn('The traffic has stopped: the site did not answer.');
  } catch (error) {
    warn(`The traffic has stopped: ${reasonOf(error)}`);
  }
}

function readReport({ shipper, stream, reasons, status }: Pipeline): LocalReport {
  const waiting = stream.buffered().records;
  const seconds = Math.round(status().seconds * 1000) / 1000;
  const { damagedBytes } = stream.counts();
  const { nulBytes } = shipper.counts();
  return {
    ...toTotals(shipper.counts(), stream.counts()),
    waiting,
    damagedBytes,
    nulBytes,
    seconds,
    reasons: { ...reasons, ...stream.reasons() },
  };
}

/** Whether everything read is in the store: then a temporary folder holds nothing worth keeping. */
function isWhole(report: LocalReport): boolean {
  return isBalanced(report) && report.damagedBytes + report.processingFailed + report.deliveryFailed === 0;
}

function shareOf(shipper: Shipper): number {
  const { bytesRead, bytesTotal } = shipper.counts();
  return bytesTotal === 0 ? 0 : Math.min(1, bytesRead / bytesTotal);
}

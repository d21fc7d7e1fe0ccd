/** The whole pipeline in one process: site or logs → shipper → endpoint → stream → transform → store → page. */
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf, ToolkitError } from '../core/errors';
import { type DemoSite, startDemoSite } from '../site/demo-site';
import { runTraffic } from '../traffic/run-traffic';
import { openDeliveryStream } from './firehose/delivery-stream';
import { startFirehoseEndpoint } from './firehose/endpoint';
import { openFunctionThread } from './firehose/function-thread';
import { isBalanced, type LocalReport, readBooks } from './report';
import { type Shipper, startShipper } from './shipper/shipper';
import { openDuckDbStore } from './store/duckdb-store';
import { readTotals } from './store/totals';
import type { PipelineStatus } from './web/overview-reply';
import { startPage } from './web/server';

export interface LocalOptions {
  /** Globs of logs to follow; none: the demo site's own log. */
  readonly logs: readonly string[];
  /** Stop when all that the logs hold is stored. */
  readonly once: boolean;
  /** Stop after so many; else when `signal` says so. */
  readonly seconds?: number | undefined;
  /** Kept from run to run. Without it a temporary folder is used, and removed unless something in it failed. */
  readonly dataFolder?: string | undefined;
  /** Of the demo site; 0: any free one. */
  readonly port: number;
  /** Of the page; 0: any free one. */
  readonly uiPort: number;
  /** Of the little traffic on the demo site, requests a second; 0: none. */
  readonly rate: number;
  /** Its share of errors, 0 to 1. */
  readonly errors: number;
  /** See `TransformOptions`. */
  readonly siteHosts: readonly string[];
  readonly signal: AbortSignal;
  readonly onStart: (addresses: Addresses) => void;
  /** Twice a second. */
  readonly onProgress: (status: PipelineStatus, share: number) => void;
  readonly warn: (sentence: string) => void;
}

export interface Addresses {
  readonly page: string;
  readonly site?: string | undefined;
  readonly stream: string;
  readonly dataFolder: string;
}

const STREAM = 'webserver_stream';
const BUFFER_BYTES = 1024 * 1024;
const BUFFER_SECONDS = 1;
const PROGRESS_MS = 500;

/**
 * Runs until it is told to stop, then drains: what was accepted is stored or kept as failed before it returns.
 *
 * @returns the books, and the error that ended the run early, if one did.
 * @throws ToolkitError if it cannot start: a taken port, a folder that cannot be used, logs that are not there.
 */
export async function runLocal(options: LocalOptions): Promise<{ report: LocalReport; failure?: unknown }> {
  const started = performance.now();
  const folder = await makeFolder(options.dataFolder);
  const closers: (() => Promise<unknown>)[] = [];
  let result: { report: LocalReport; failure?: unknown } | undefined;
  try {
    result = await run();
    return result;
  } finally {
    await closeAll(closers);
    const isClean = result === undefined || (result.failure === undefined && isWhole(result.report));
    if (options.dataFolder === undefined && isClean) await rm(folder, { recursive: true, force: true });
  }

  async function run() {
    const { logs, warn, signal } = options;
    const reasons: Record<string, number> = {};
    const store = await openDuckDbStore(join(folder, 'events.duckdb'));
    closers.push(() => store.close());
    const transform = openFunctionThread({
      siteHosts: options.siteHosts,
      log: (batch) => add(reasons, batch.reasons),
    });
    closers.push(() => transform.close());
    const stream = await openDeliveryStream({
      name: STREAM,
      folder,
      prefix: 'apache_',
      bufferBytes: BUFFER_BYTES,
      bufferSeconds: BUFFER_SECONDS,
      transform: transform.call,
      store,
      warn,
    });
    closers.push(() => stream.close());
    const endpoint = await startFirehoseEndpoint({ streams: [stream], port: 0 });
    closers.push(() => endpoint.close());

    const siteLog = join(folder, 'log', 'access_log');
    const site = logs.length > 0 ? undefined : await startDemoSite({ port: options.port, logFile: siteLog, warn });
    let siteClosed: Promise<void> | undefined;
    const closeSite = async () => (siteClosed ??= site?.close());
    closers.push(closeSite);
    const shipper = startShipper({
      patterns: site === undefined ? logs : [`${siteLog}*`],
      deliveryStream: STREAM,
      endpoint: new URL(endpoint.url),
      checkpointFile: join(folder, 'shipper.json'),
      rejectFolder: join(folder, 'rejected'),
      once: options.once,
      mayBeMissing: site !== undefined,
      warn,
    });
    closers.push(() => shipper.stop());
    const shipped = shipper.finished.then(
      () => undefined,
      (error: unknown) => error,
    );

    const status = (): PipelineStatus => ({
      ...readBooks(shipper.counts(), stream.counts()),
      buffered: stream.buffered().records,
      streamUrl: endpoint.url,
      seconds: (performance.now() - started) / 1000,
      ...(site === undefined ? { logs } : { siteUrl: site.url }),
    });
    const page = await startPage({ query: store.query, status, port: options.uiPort });
    closers.push(() => page.close());
    options.onStart({ page: page.url, site: site?.url, stream: endpoint.url, dataFolder: folder });

    const end = new AbortController();
    const traffic = site === undefined ? undefined : startLittleTraffic(site, options, end.signal);
    const progress = setInterval(() => options.onProgress(status(), shareOf(shipper)), PROGRESS_MS);
    let failure = await Promise.race([shipped, stopped(signal, options.seconds, end.signal)]);
    end.abort();
    await traffic;
    await closeSite();
    if (site !== undefined) await readToEnd(shipper, shipped, siteLog);
    await shipper.stop();
    failure ??= await shipped;
    await stream.drain();
    clearInterval(progress);

    const seconds = Math.round(performance.now() - started) / 1000;
    const books = readBooks(shipper.counts(), stream.counts());
    return { report: { ...books, seconds, ...(await readTotals(store.query)), reasons }, failure };
  }
}

/** The last opened first; one that fails does not keep the others open. @throws the first failure. */
async function closeAll(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers.toReversed()) await close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** Whether all that was read is in the store: then a temporary folder holds nothing worth keeping. */
function isWhole(report: LocalReport): boolean {
  return isBalanced(report) && report.processingFailed + report.deliveryFailed === 0;
}

async function makeFolder(dataFolder: string | undefined): Promise<string> {
  try {
    if (dataFolder === undefined) return await mkdtemp(join(tmpdir(), 'clickstreamy-'));
    await mkdir(dataFolder, { recursive: true });
    return dataFolder;
  } catch (error) {
    throw new ToolkitError(
      'DATA_FOLDER_UNUSABLE',
      `The data folder ${dataFolder ?? tmpdir()} cannot be used: ${reasonOf(error)}.`,
      'Name a folder that can be written, with --data.',
      { cause: error },
    );
  }
}

/** A page that is alive from the start; a site that stops answering is not the pipeline's end. */
async function startLittleTraffic(site: DemoSite, options: LocalOptions, signal: AbortSignal): Promise<void> {
  const { rate, errors, warn } = options;
  if (rate === 0) return;
  try {
    const { end } = await runTraffic({ url: site.url, rate, errors, signal });
    if (end === 'broken') warn('The little traffic has stopped: the site did not answer.');
  } catch (error) {
    warn(`The little traffic has stopped: ${reasonOf(error)}`);
  }
}

/** Resolves at the signal, after the seconds, or when the run has ended for another reason. */
async function stopped(signal: AbortSignal, seconds: number | undefined, ended: AbortSignal): Promise<void> {
  const any = AbortSignal.any([signal, ended]);
  const forever = 2 ** 31 - 1;
  await sleep(seconds === undefined ? forever : seconds * 1000, undefined, { signal: any }).catch(() => {});
}

const POLL_MS = 20;

/** Waits until the shipper has read what the site has written: it writes no more. */
async function readToEnd(shipper: Shipper, shipped: Promise<unknown>, log: string): Promise<void> {
  let gaveUp = false;
  void shipped.then(() => {
    gaveUp = true;
  });
  const size = await stat(log).then(
    (stats) => stats.size,
    () => 0,
  );
  while (!gaveUp && !(shipper.counts().bytesRead >= size && isAllAcknowledged(shipper))) await sleep(POLL_MS);
}

function isAllAcknowledged(shipper: Shipper): boolean {
  const { read, acknowledged, tooLong } = shipper.counts();
  return read === acknowledged + tooLong;
}

function shareOf(shipper: Shipper): number {
  const { bytesRead, bytesTotal } = shipper.counts();
  return bytesTotal === 0 ? 0 : Math.min(1, bytesRead / bytesTotal);
}

function add(totals: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [reason, count] of Object.entries(counts)) totals[reason] = (totals[reason] ?? 0) + count;
}

/** Runs the shipper alone: one for each delivery stream, with a checkpoint of its own. */
import { join, resolve } from 'node:path';
import { reasonOf } from '../core/errors';
import { type FolderLock, lockFolder } from '../firehose/folder-lock';
import { FirehoseSink } from '../shipper/firehose-sink';
import { type Shipper, type ShipperCounts, startShipper } from '../shipper/shipper';
import { makeDataFolder } from './data-folder';
import { aborted } from './drain';
import type { ShipFlow, ShipPlan } from './ship-plan';

export interface ShipOptions extends Pick<ShipPlan, 'flows' | 'endpoint' | 'region'> {
  /** Holds a folder for each stream: checkpoint, what is in flight, lines too long for a record. */
  readonly checkpointFolder: string;
  /** Ship what the logs hold now, then stop. */
  readonly once: boolean;
  /** Logs may come later than the shipper. */
  readonly mayBeMissing: boolean;
  /** Aborted: read no further, give what is in flight one more attempt, and stop. */
  readonly signal: AbortSignal;
  /** Called twice a second. */
  readonly onProgress: (counts: ShipperCounts) => void;
  readonly warn: (sentence: string) => void;
}

/** What `ship --json` prints. */
export interface ShipReport extends ShipperCounts {
  readonly seconds: number;
  readonly streams: Readonly<Record<string, ShipperCounts>>;
}

export interface ShipResult {
  readonly report: ShipReport;
  /** What ended a stream’s shipping early, or could not be read. */
  readonly failure?: unknown;
}

const PROGRESS_MS = 500;

/**
 * Ships until the logs are read (`once`) or the signal is aborted. One stream that refuses its records does not stop the others.
 *
 * @throws ToolkitError DATA_FOLDER_IN_USE if another process ships with this checkpoint, DATA_FOLDER_UNUSABLE.
 */
export async function ship(options: ShipOptions): Promise<ShipResult> {
  const started = performance.now();
  const locks: FolderLock[] = [];
  try {
    for (const flow of options.flows) locks.push(await lock(folderOf(options, flow)));
    const shippers = new Map(options.flows.map((flow) => [flow.stream, start(options, flow)]));
    const progress = setInterval(() => options.onProgress(sumOf([...shippers.values()])), PROGRESS_MS);
    const failure = await runAll(shippers, options);
    clearInterval(progress);
    const streams = Object.fromEntries([...shippers].map(([stream, shipper]) => [stream, shipper.counts()]));
    const seconds = Math.round(performance.now() - started) / 1000;
    return { report: { ...sumOf([...shippers.values()]), seconds, streams }, failure };
  } finally {
    for (const held of locks) await held.release();
  }
}

const folderOf = ({ checkpointFolder }: ShipOptions, { stream }: ShipFlow) => join(resolve(checkpointFolder), stream);

async function lock(folder: string): Promise<FolderLock> {
  return lockFolder(await makeDataFolder(folder, '--checkpoint'));
}

function start(options: ShipOptions, flow: ShipFlow): Shipper {
  const { endpoint, region, once, mayBeMissing, warn } = options;
  const folder = folderOf(options, flow);
  return startShipper({
    patterns: flow.patterns,
    sink: new FirehoseSink({
      deliveryStream: flow.stream,
      endpoint,
      region,
      noteFile: join(folder, 'in-flight.json'),
      warn,
    }),
    checkpointFile: join(folder, 'shipper.json'),
    rejectFolder: join(folder, 'rejected'),
    once,
    mayBeMissing,
    startAt: flow.startAt,
    warn,
  });
}

/** @returns the first failure. */
async function runAll(shippers: ReadonlyMap<string, Shipper>, { signal, warn }: ShipOptions): Promise<unknown> {
  const failures: unknown[] = [];
  const running = [...shippers].map(([stream, { finished }]) =>
    finished.catch((error: unknown) => {
      failures.push(error);
      if (shippers.size > 1) warn(`Shipping to ${stream} has ended: ${reasonOf(error)}.`);
    }),
  );
  await Promise.race([aborted(signal), Promise.all(running)]);
  await Promise.all([...shippers.values()].map((shipper) => shipper.stop()));
  return failures[0];
}

function sumOf(shippers: readonly Shipper[]): ShipperCounts {
  const all = shippers.map((shipper) => shipper.counts());
  const sum = (name: keyof ShipperCounts) => all.reduce((total, counts) => total + counts[name], 0);
  return {
    read: sum('read'),
    acknowledged: sum('acknowledged'),
    tooLong: sum('tooLong'),
    uncertain: sum('uncertain'),
    nulBytes: sum('nulBytes'),
    bytesRead: sum('bytesRead'),
    bytesTotal: sum('bytesTotal'),
  };
}

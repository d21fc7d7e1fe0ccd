/** Runs the endpoint and the delivery of delivery streams alone, for people who develop against Firehose. */
import { join } from 'node:path';
import { type DeliveryCounts, type DeliveryStream, openDeliveryStream } from '../firehose/delivery-stream';
import { openDocumentObjects } from '../firehose/document-objects';
import { startFirehoseEndpoint } from '../firehose/endpoint';
import type { FaultPlan } from '../firehose/faults';
import { openFunctionThread } from '../firehose/function-thread';
import type { EventStore } from '../store/event-store';
import { openStore } from '../store/open-store';
import type { SearchStoreProps } from '../store/search/store';
import { makeDataFolder } from './data-folder';
import { aborted } from './drain';
import { type Closers, collectClosers } from './pipeline';

/** `embedded`: a store in each stream’s folder; `objects`: none, but objects of the documents. */
export type Destination = 'embedded' | 'objects' | SearchStoreProps;

export interface FirehoseOptions {
  readonly streams: readonly string[];
  /** 0 picks a free one. */
  readonly port: number;
  /** Each stream has a folder of its name in it. */
  readonly folder: string;
  readonly destination: Destination;
  /** A module with a handler of the user’s own. @default the transform of access lines */
  readonly handlerFile?: string | undefined;
  readonly siteHosts: readonly string[];
  readonly bufferBytes: number;
  readonly bufferSeconds: number;
  readonly faults?: FaultPlan | undefined;
  /** Aborted: accept no more, deliver what is accepted, and stop. */
  readonly signal: AbortSignal;
  readonly onStart: (url: string) => void;
  /** Called twice a second. */
  readonly onProgress: (totals: FirehoseTotals) => void;
  readonly warn: (sentence: string) => void;
}

export interface FirehoseTotals extends DeliveryCounts {
  /** Accepted, and neither stored nor failed: the next run delivers them. */
  readonly waiting: number;
}

export interface FirehoseReport extends FirehoseTotals {
  readonly streams: Readonly<Record<string, FirehoseTotals & { readonly reasons: Readonly<Record<string, number>> }>>;
}

interface OpenStream {
  readonly stream: DeliveryStream;
  readonly reasons: Record<string, number>;
}

const PROGRESS_MS = 500;

/** @throws ToolkitError of the part that cannot be opened: PORT_TAKEN, FUNCTION_UNUSABLE, DATA_FOLDER_IN_USE, … */
export async function runFirehose(options: FirehoseOptions): Promise<FirehoseReport> {
  const closers = collectClosers();
  const { signal } = options;
  try {
    const open: OpenStream[] = [];
    for (const name of options.streams) open.push(await openStream(name, options, closers));
    const streams = open.map(({ stream }) => stream);
    const endpoint = await startFirehoseEndpoint({
      streams,
      port: options.port,
      option: '--port',
      faults: options.faults,
      reasonsOf: (name) => open.find(({ stream }) => stream.name === name)?.reasons ?? {},
    });
    closers.add(() => endpoint.close());
    options.onStart(endpoint.url);
    const progress = setInterval(() => options.onProgress(sumOf(streams.map(totalsOf))), PROGRESS_MS);
    closers.add(async () => clearInterval(progress));
    await aborted(signal);
    // First the requests under way, then what they put.
    await endpoint.close();
    await Promise.all(streams.map((stream) => stream.close()));
    const byName = open.map(({ stream, reasons }) => [stream.name, { ...totalsOf(stream), reasons }] as const);
    return { ...sumOf(streams.map(totalsOf)), streams: Object.fromEntries(byName) };
  } finally {
    await closers.closeAll();
  }
}

async function openStream(name: string, options: FirehoseOptions, closers: Closers): Promise<OpenStream> {
  const { destination, handlerFile, siteHosts, bufferBytes, bufferSeconds, warn } = options;
  const folder = await makeDataFolder(join(options.folder, name));
  const reasons: Record<string, number> = {};
  const transform = openFunctionThread({
    siteHosts,
    handlerFile,
    log: (batch) => {
      for (const [reason, count] of Object.entries(batch.reasons)) reasons[reason] = (reasons[reason] ?? 0) + count;
    },
  });
  closers.add(() => transform.close());
  await transform.open();
  const { store, index } = await openDestination(name, folder, destination);
  closers.add(() => store.close());
  const stream = await openDeliveryStream({
    name,
    folder,
    // As Firehose without a prefix of the user’s own.
    prefix: '',
    bufferBytes,
    bufferSeconds,
    transform: transform.call,
    store,
    index,
    warn,
  });
  closers.add(() => stream.close());
  return { stream, reasons };
}

interface OpenDestination {
  readonly store: EventStore;
  readonly index: { readonly name: string; readonly type?: string };
}

async function openDestination(stream: string, folder: string, destination: Destination): Promise<OpenDestination> {
  if (destination === 'objects') {
    const folders = { bucket: join(folder, 'bucket'), scratch: join(folder, 'journal') };
    return { store: openDocumentObjects({ stream, prefix: 'documents/', folders }), index: { name: 'documents' } };
  }
  const store = await openStore(
    destination === 'embedded' ? { kind: 'duckdb', folder } : { kind: 'search', ...destination },
  );
  return { store, index: store.index };
}

function totalsOf(stream: DeliveryStream): FirehoseTotals {
  return { ...stream.counts(), waiting: stream.buffered().records };
}

function sumOf(all: readonly FirehoseTotals[]): FirehoseTotals {
  const sum = (name: keyof FirehoseTotals) => all.reduce((total, counts) => total + counts[name], 0);
  return {
    accepted: sum('accepted'),
    recovered: sum('recovered'),
    damagedBytes: sum('damagedBytes'),
    stored: sum('stored'),
    processingFailed: sum('processingFailed'),
    deliveryFailed: sum('deliveryFailed'),
    dropped: sum('dropped'),
    waiting: sum('waiting'),
  };
}

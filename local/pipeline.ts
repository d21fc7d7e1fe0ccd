/** All parts of the pipeline, opened and joined: site or logs → shipper → endpoint → stream → transform → store → page. */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type DeliveryStream, openDeliveryStream } from '../firehose/delivery-stream';
import { startFirehoseEndpoint } from '../firehose/endpoint';
import { openFunctionThread } from '../firehose/function-thread';
import type { PipelineStatus } from '../page/overview-reply';
import { removePageFile, writePageFile } from '../page/page-file';
import { startPage } from '../page/server';
import { type Shipper, startShipper } from '../shipper/shipper';
import { startDemoSite } from '../site/demo-site';
import { startWordPressSite } from '../site/wordpress-site';
import { openStore } from '../store/open-store';
import type { SearchStoreProps } from '../store/search/store';
import type { StoreReader } from '../store/store';
import { toTotals } from './report';
import { StreamSink } from './stream-sink';

export interface PipelineProps {
  /** Globs of logs to follow; without any, the log of our site. */
  readonly logs: readonly string[];
  /** The delivery stream's name. */
  readonly streamName: string;
  /** Port of its endpoint (0 picks a free one). */
  readonly streamPort: number;
  /** Which site runs if there are no logs to follow. */
  readonly site: 'demo' | 'wordpress';
  /** The token of the WordPress site; without it, a random one. */
  readonly token?: string | undefined;
  /** Read what the logs hold now, then stop. */
  readonly once: boolean;
  /** Port of the site (0 picks a free one). */
  readonly port: number;
  /** Port of the page (0 picks a free one). */
  readonly uiPort: number;
  /** See `TransformOptions`. */
  readonly siteHosts: readonly string[];
  /** The search engine that stores the events; without it, the embedded store in the data folder does. */
  readonly search?: SearchStoreProps | undefined;
  readonly warn: (sentence: string) => void;
}

export interface Pipeline {
  /** Runs if there are no logs to follow. */
  readonly site: Site | undefined;
  readonly shipper: Shipper;
  readonly stream: DeliveryStream;
  readonly reader: StoreReader;
  readonly addresses: Addresses;
  /** How many records were not stored so far, by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  status(): PipelineStatus;
}

/** A site that the pipeline runs. */
export interface Site {
  readonly url: string;
  readonly logFile: string;
  /** What lets traffic ask for errors, if the site wants a token. */
  readonly token?: string | undefined;
  close(): Promise<void>;
}

export interface Addresses {
  readonly page: string;
  readonly site?: string | undefined;
  readonly stream: string;
  readonly streamName: string;
  /** See `Store.place`; absent for the data folder. */
  readonly store?: string | undefined;
  readonly dataFolder: string;
}

/** Closes what has been opened, whatever happens. */
export interface Closers {
  add(close: () => Promise<unknown>): void;
  /** Closes the last opened first, and all of them even if one fails. @throws the first failure. */
  closeAll(): Promise<void>;
}

export function collectClosers(): Closers {
  const closers: (() => Promise<unknown>)[] = [];
  return {
    add: (close) => closers.push(close),
    async closeAll() {
      const failures: unknown[] = [];
      for (const close of closers.splice(0).reverse()) await close().catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    },
  };
}

const BUFFER_BYTES = 1024 * 1024;
const BUFFER_SECONDS = 0.7;

/**
 * @param folder holds journal, bucket, store, checkpoint and the demo site's log.
 * @param closers gets each part as it is opened, even if a later one fails.
 * @throws ToolkitError of the part that cannot be opened.
 */
export async function openPipeline(folder: string, props: PipelineProps, closers: Closers): Promise<Pipeline> {
  const { logs, streamName, warn } = props;
  const started = performance.now();
  const reasons: Record<string, number> = {};
  const { search } = props;
  const store = await openStore(search === undefined ? { kind: 'duckdb', folder } : { kind: 'search', ...search });
  // The page and the first lines of the run name only a store that is elsewhere.
  const place = search === undefined ? undefined : store.place;
  closers.add(() => store.close());
  const transform = openFunctionThread({
    siteHosts: props.siteHosts,
    log: (batch) => add(reasons, batch.reasons),
  });
  closers.add(() => transform.close());
  const stream = await openDeliveryStream({
    name: streamName,
    folder,
    prefix: 'apache_',
    bufferBytes: BUFFER_BYTES,
    bufferSeconds: BUFFER_SECONDS,
    transform: transform.call,
    store,
    index: store.index,
    warn,
  });
  closers.add(() => stream.close());
  const endpoint = await startFirehoseEndpoint({
    streams: [stream],
    port: props.streamPort,
    option: '--stream-port',
    reasonsOf: () => reasons,
  });
  closers.add(() => endpoint.close());
  const site = logs.length > 0 ? undefined : await startSite(folder, props);
  if (site !== undefined) closers.add(() => site.close());
  const shipper = startShipper({
    patterns: site === undefined ? logs : [`${site.logFile}*`],
    sink: new StreamSink(stream, warn),
    checkpointFile: join(folder, 'shipper.json'),
    rejectFolder: join(folder, 'rejected'),
    once: props.once,
    mayBeMissing: site !== undefined,
    warn,
  });
  shipper.finished.catch(() => {}); // Those who wait for it see the failure.
  closers.add(() => shipper.stop());

  const status = (): PipelineStatus => ({
    ...toTotals(shipper.counts(), stream.counts()),
    buffered: stream.buffered().records,
    ...(stream.counts().deliveryFailed === 0 ? {} : { deliveryReasons: stream.reasons() }),
    streamUrl: endpoint.url,
    ...(place === undefined ? {} : { storePlace: place }),
    seconds: (performance.now() - started) / 1000,
    ...(site === undefined ? { logs } : { siteUrl: site.url }),
  });
  const page = await startPage({ reader: store, status, port: props.uiPort });
  closers.add(() => page.close());
  await writePageFile(folder, page.url);
  closers.add(() => removePageFile(folder));
  const addresses = {
    page: page.url,
    site: site?.url,
    stream: endpoint.url,
    streamName,
    store: place,
    dataFolder: folder,
  };
  return { site, shipper, stream, reader: store, addresses, reasons, status };
}

async function startSite(
  folder: string,
  { site, port, token = randomBytes(16).toString('hex'), warn }: PipelineProps,
): Promise<Site> {
  if (site === 'wordpress') {
    const onStep = (step: string) => warn(`WordPress: ${step}`);
    return { ...(await startWordPressSite({ folder: join(folder, 'wordpress'), port, token, onStep, warn })), token };
  }
  const logFile = join(folder, 'log', 'access_log');
  return { ...(await startDemoSite({ port, logFile, warn })), logFile };
}

function add(totals: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [reason, count] of Object.entries(counts)) totals[reason] = (totals[reason] ?? 0) + count;
}

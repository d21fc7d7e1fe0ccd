/** `clickstreamy firehose`: a local Firehose, for people who develop against one. */
import { z } from 'zod';
import { authOptions } from '../core/auth-flags';
import type { Command, Context } from '../core/command/command';
import {
  bytes,
  file,
  flag,
  folder,
  host,
  inGroup,
  list,
  readShare,
  seconds,
  streamName,
  text,
  whole,
} from '../core/command/values';
import { stopOnSignals } from '../core/command-line';
import { UsageError } from '../core/errors';
import { plural } from '../core/plural';
import { openProgressLine } from '../core/progress-line';
import { grouped } from '../core/progress-text';
import type { FaultPlan } from '../firehose/faults';
import { DEFAULT_INDEX, IndexName } from '../store/search/index-template';
import { makeDataFolder } from './data-folder';
import type { Destination, FirehoseTotals } from './firehose';
import { toSearchStore } from './search-flags';
import { failIfWaiting } from './waiting';

const DEFAULT_PORT = 4573;
const DEFAULT_STREAM = 'webserver_stream';
/** Time between two progress lines, if standard error is not a terminal. */
const PLAIN_SECONDS = 60;
const MIB = 1024 * 1024;

const Options = z
  .object({
    port: whole({ min: 0, max: 65_535 })
      .optional()
      .describe('Port of the endpoint on 127.0.0.1; 0 picks a free one')
      .meta({ value: 'PORT', otherwise: String(DEFAULT_PORT) }),
    stream: list(streamName()).describe('Name of a delivery stream').meta({ greedy: true, otherwise: DEFAULT_STREAM }),
    data: folder().describe('Folder in which each stream has a folder: journal, bucket, store'),
    transform: file()
      .optional()
      .describe('JavaScript that exports a transform `handler`, as for AWS Lambda')
      .meta({ otherwise: 'access lines to click events' }),
    siteHost: list(host()).describe('Your site’s host[:port], for access lines that do not name it'),
    bufferSize: bytes({ min: 1024, max: 128 * MIB })
      .optional()
      .describe('Deliver when this much is buffered')
      .meta({ otherwise: '1MB' }),
    bufferInterval: seconds({ above: 0, max: 900 }).default(60).describe('Deliver when the oldest record is this old'),
    faults: text('SEED[:SHARE]')
      .optional()
      .describe('Answer a share of the put requests (0.1) with faults, the same ones for the same seed'),
    json: flag().describe('Print all counts as one line of JSON at the end'),
    ...inGroup('Store', {
      store: text('URL|none')
        .optional()
        .describe('Deliver to this Elasticsearch or OpenSearch; none: write the documents to objects in the bucket')
        .meta({ otherwise: 'an embedded one in the folder' }),
      index: IndexName.optional()
        .describe('Index to write the documents to')
        .meta({ value: 'NAME', otherwise: DEFAULT_INDEX }),
    }),
    ...authOptions,
  })
  .refine(
    ({ store = 'none', index, auth, user }) =>
      store !== 'none' || (index === undefined && auth === 'none' && user === undefined),
    { message: '--index, --auth and --user belong to a search engine: give it with --store' },
  )
  .refine(({ transform, siteHost }) => transform === undefined || siteHost.length === 0, {
    message: '--site-host belongs to access lines: leave it out with --transform',
  })
  .refine(({ stream }) => new Set(stream).size === stream.length, { message: '--stream: each name once' });

export const firehoseCommand: Command<typeof Options> = {
  about:
    'A Firehose on this machine: PutRecord and PutRecordBatch with AWS’s limits and errors, a journal on disk before each answer, ' +
    'buffers, a transform function with Lambda’s retries, a store, and S3-shaped objects of all records and of those that failed. ' +
    'It listens on 127.0.0.1 only, takes any credentials, and has its metrics under /metrics.',
  usage: '--data DIR [options]',
  options: Options,
  examples: [
    ['--data firehose', 'One stream, access lines to click events'],
    ['--data firehose --stream orders --transform handler.js --store none', 'A function of your own, objects only'],
    ['--data firehose --faults 7:20%', 'A fifth of the put requests fail, to test a sender'],
  ],
  notes:
    'Exit code 0 when every accepted record is stored, kept as failed, or dropped by the function; 1 when some wait for the next run, or the ' +
    'run failed; 2 for wrong usage. Ctrl-C delivers what is accepted and stops.',
  run,
};

async function run(options: z.output<typeof Options>, { quiet }: Context): Promise<void> {
  process.umask(0o077);
  // Loaded here, so that --help does not wait for DuckDB.
  const { runFirehose } = require('./firehose') as typeof import('./firehose');
  const view = openProgressLine({ quiet, plainSeconds: PLAIN_SECONDS });
  const streams = options.stream.length === 0 ? [DEFAULT_STREAM] : options.stream;
  const data = await makeDataFolder(options.data);
  const report = await runFirehose({
    streams,
    port: options.port ?? DEFAULT_PORT,
    folder: data,
    destination: toDestination(options),
    handlerFile: options.transform,
    siteHosts: options.siteHost,
    bufferBytes: options.bufferSize ?? MIB,
    bufferSeconds: options.bufferInterval,
    faults: options.faults === undefined ? undefined : parseFaults(options.faults),
    signal: stopOnSignals(),
    onStart: (url) => view.say(renderStart(url, streams, data)),
    onProgress: (totals) => view.show(() => renderTotals(totals)),
    warn: view.warn,
  });
  view.end();
  view.say(renderTotals(report));
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  failIfWaiting(report, data);
}

function toDestination({ store, ...flags }: z.output<typeof Options>): Destination {
  if (store === 'none') return 'objects';
  return toSearchStore({ ...flags, store }, process.env) ?? 'embedded';
}

/** @throws UsageError */
function parseFaults(text: string): FaultPlan {
  const [, seed = '', share = '10%'] = /^([^:]+)(?::(.+))?$/.exec(text) ?? [];
  const read = readShare(share);
  if (seed !== '' && read >= 0 && read <= 1) return { seed, share: read };
  throw new UsageError(`--faults: must be a seed and a share, such as 7:0.2 or 7:20%, not ${text}`);
}

function renderStart(url: string, streams: readonly string[], data: string): string {
  return [
    `endpoint  ${url}`,
    `streams   ${streams.join(' ')}`,
    `metrics   ${url}/metrics`,
    `data      ${data}`,
    'Ctrl-C delivers and stops.',
  ].join('\n');
}

function renderTotals({
  accepted,
  recovered,
  stored,
  processingFailed,
  deliveryFailed,
  dropped,
  waiting,
}: FirehoseTotals): string {
  const all = accepted + recovered;
  return (
    `${plural(all, 'record')} accepted: ${grouped(stored)} stored, ${grouped(processingFailed + deliveryFailed)} failed, ` +
    `${grouped(dropped)} dropped, ${grouped(waiting)} buffered`
  );
}

/** `clickstreamy replay run`: failed records into the store again. */
import { join } from 'node:path';
import { z } from 'zod';
import { authOptions, loadAuth, parseServerUrl } from '../core/auth-flags';
import type { Command, Context } from '../core/command/command';
import { flag, folder, host, inGroup, list, text } from '../core/command/values';
import { stopOnSignals } from '../core/command-line';
import { ToolkitError } from '../core/errors';
import { DEFAULT_RETRY_SECONDS } from '../core/firehose-limits';
import { plural } from '../core/plural';
import { openProgressLine } from '../core/progress-line';
import { DEFAULT_INDEX, IndexName } from '../store/search/index-template';
import { collectProblems } from './problems';
import { renderCounts, renderSummary } from './render';
import { openChosen, sourceOptions } from './source-options';

const Options = z
  .object({
    ...sourceOptions,
    ...inGroup('Into', {
      data: folder().optional().describe('Store the events in the embedded store of this data folder'),
      store: text('URL').optional().describe('Store the events in this Elasticsearch (6.3 or later) or OpenSearch'),
      index: IndexName.optional()
        .describe('Index to write the events to; one that was meant for a rotated index of this name goes there')
        .meta({ value: 'NAME', otherwise: DEFAULT_INDEX }),
      receipts: folder()
        .optional()
        .describe('Folder for the receipts, which say what became of each record; the next replay reads them')
        .meta({ otherwise: 'replayed/ in the folder of --data' }),
    }),
    siteHost: list(host()).describe(
      'Your site’s host[:port], as the function has it, for logs whose lines do not name it',
    ),
    dryRun: flag().describe('Read and transform, say what would be stored, and write nothing'),
    json: flag().describe('Print all counts as one line of JSON at the end'),
    ...authOptions,
  })
  .refine(({ data, store }) => (data === undefined) !== (store === undefined), {
    message: 'say where the events go: --data DIR or --store URL',
  })
  .refine(({ store, receipts }) => store === undefined || receipts !== undefined, {
    message: '--store needs --receipts, a folder that remembers what was replayed',
  })
  .refine(({ data, receipts }) => data === undefined || receipts === undefined, {
    message: '--receipts belongs to --store: a data folder keeps its own',
  })
  .refine(
    ({ store, index, auth, user }) =>
      store !== undefined || (index === undefined && auth === 'none' && user === undefined),
    { message: '--index, --auth and --user belong to a search engine: give it with --store' },
  );
type Options = z.output<typeof Options>;

export const runCommand: Command<typeof Options> = {
  about:
    'Replays failed records: those that the transform rejected pass through it again, those that the store refused are sent again under ' +
    'the same id. Safe to repeat and to stop at any time: each record is stored once.',
  usage: 'DIR|s3://BUCKET/PREFIX (--data DIR | --store URL --receipts DIR) [options]',
  options: Options,
  examples: [
    ['data --data data --dry-run', 'What a replay would do'],
    ['data --data data', 'The failed records of a run into its own store'],
    [
      's3://clickstream-backup-1/ --store https://search-x.eu-west-1.es.amazonaws.com --auth sigv4 --receipts replayed',
      'A deployed stream’s, into its domain',
    ],
  ],
  notes:
    'Exit code 0 when every record is stored or has a new reason (see the receipts), 1 when something could not be read or written or ' +
    'the replay was stopped, 2 for wrong usage. Ctrl-C stops; the same command goes on from there. $AWS_ENDPOINT_URL_S3 names another ' +
    'S3 server.',
  run,
};

async function run(options: Options, { quiet }: Context): Promise<void> {
  // Loaded here, so that --help does not wait for DuckDB.
  const { runReplay } = require('./run-replay') as typeof import('./run-replay');
  const view = openProgressLine({ quiet, plainSeconds: 10 });
  const problems = collectProblems(view.warn);
  const chosen = await openChosen(options, process.env);
  const signal = stopOnSignals();
  const { dryRun, json, siteHost } = options;
  const { counts, receipts } = await runReplay({
    ...chosen,
    location: toLocation(options),
    isIndexChosen: options.index !== undefined,
    receipts: toReceiptFolder(options),
    siteHosts: siteHost,
    dryRun,
    retrySeconds: DEFAULT_RETRY_SECONDS,
    signal,
    warn: view.warn,
    onProgress: (counts) => view.show(() => renderCounts(counts, dryRun)),
    onProblem: problems.add,
  });
  view.end();
  view.say(renderSummary(counts, dryRun, receipts));
  if (json) process.stdout.write(`${JSON.stringify({ source: chosen.source.place, dryRun, receipts, ...counts })}\n`);
  if (signal.aborted) {
    throw new ToolkitError(
      'REPLAY_STOPPED',
      `The replay was stopped; ${plural(counts.objects + counts.objectsBefore, 'object')} done.`,
      'Run the same command again: it goes on from there, and stores nothing twice.',
    );
  }
  problems.failIfAny();
}

function toLocation({ data, store, index = DEFAULT_INDEX, ...flags }: Options) {
  if (data !== undefined) return { kind: 'duckdb', folder: data } as const;
  const url = parseServerUrl(store ?? '');
  const { createHttpClient } = require('../core/http-client') as typeof import('../core/http-client');
  return { kind: 'search', client: createHttpClient({ url, auth: loadAuth(flags, url, process.env) }), index } as const;
}

const toReceiptFolder = ({ data, receipts }: Options) => receipts ?? join(data ?? '', 'replayed');

/** `clickstreamy verify`: what was sent against what arrived. */
import { z } from 'zod';
import { authOptions, loadAuth, parseServerUrl } from '../core/auth-flags';
import type { Command, Context } from '../core/command/command';
import { file, flag, list, seconds, text } from '../core/command/values';
import { ToolkitError, UsageError } from '../core/errors';
import { plural } from '../core/plural';
import { grouped } from '../core/progress-text';
import { DEFAULT_INDEX, IndexName } from '../store/search/index-template';
import { parseExpectation } from './expected-figures';
import type { RunStore } from './open-run-store';
import { readLedgers } from './read-ledgers';
import { printable, renderReport } from './render-report';
import { type VerifyReport, verifyLedgers } from './verify-ledgers';

const Options = z
  .object({
    ledger: list(file()).describe('Ledger that `traffic --ledger` wrote; all shards of a run').meta({ greedy: true }),
    store: text('DIR|URL').describe(
      'Data folder of `local`, even while it runs; or the address of Elasticsearch or OpenSearch',
    ),
    index: IndexName.optional()
      .describe('Index of the search engine, rotated ones included')
      .meta({ value: 'NAME', otherwise: DEFAULT_INDEX }),
    expect: list(text('FIGURE')).describe(
      'Figure of the store that must hold, such as signUps=42; with a ledger, of its run',
    ),
    run: text('NAME').optional().describe('Without a ledger: count only the events of this run'),
    wait: seconds({ min: 0, max: 86_400 }).default(10).describe('How long to wait for late events'),
    json: flag().describe('One line of JSON instead of the table'),
    ...authOptions,
  })
  .refine(({ ledger, expect }) => ledger.length + expect.length > 0, {
    message: 'say what was sent: give a ledger with --ledger, or a figure with --expect',
  })
  .refine(({ ledger, run }) => ledger.length === 0 || run === undefined, {
    message: '--run is for --expect without a ledger: a ledger names its run',
  })
  .refine(
    ({ store, index, auth, user }) =>
      isAddress(store) || (index === undefined && auth === 'none' && user === undefined),
    { message: '--index, --auth and --user belong to a search engine: give its address with --store' },
  );

const isAddress = (store: string) => /^https?:\/\//i.test(store);

export const verifyCommand: Command<typeof Options> = {
  about:
    'Checks the ledgers of `traffic` against a store: what was lost, what is duplicated, what nobody sent. ' +
    'By status, page, action, outcome, user, minute and session.',
  usage: '--ledger FILE --store DIR|URL [options]',
  options: Options,
  examples: [
    ['--ledger run.json --store data', 'A run on this machine, even while it runs'],
    ['--ledger run.json --store https://search.example.org --auth sigv4 --wait 15m', 'A deployed run'],
    ["--store data --expect 'signUps=42' --expect 'byStatus.500=0'", 'Without a ledger'],
  ],
  notes: 'Exit code 0 when the totals match, 1 when they do not or cannot be read, 2 for wrong usage.',
  run,
};

async function run(options: z.output<typeof Options>, { note }: Context): Promise<void> {
  const expect = options.expect.map(parseExpectation);
  const ledgers = readLedgers(options.ledger);
  if (expect.length > 0 && ledgers.length > 1) {
    throw new UsageError(
      '--expect is about one run, but the ledgers are from several.',
      'Check each with its own ledger.',
    );
  }
  const store = await openStore(options);
  try {
    let told = -1;
    const report = await verifyLedgers({
      ...{ store, ledgers, expect, waitSeconds: options.wait },
      run: ledgers[0]?.run ?? options.run,
      onWait: (missing) => {
        if (missing !== told)
          note(`waiting: ${plural(missing, 'event')} ${missing === 1 ? 'is' : 'are'} not stored yet`);
        told = missing;
      },
    });
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : renderReport(report));
    await failUnlessBalanced(report, store, ledgers[0]?.run ?? options.run);
  } finally {
    await store.close();
  }
}

async function openStore({ store, index = DEFAULT_INDEX, ...flags }: z.output<typeof Options>): Promise<RunStore> {
  // Loaded here, so that --help does not wait for DuckDB.
  const { openEngine, openFolder } = require('./open-run-store') as typeof import('./open-run-store');
  if (!isAddress(store)) return openFolder(store);
  const url = parseServerUrl(store);
  const { createHttpClient } = require('../core/http-client') as typeof import('../core/http-client');
  return openEngine(createHttpClient({ url, auth: loadAuth(flags, url, process.env), timeoutSeconds: 120 }), index);
}

/** @throws ToolkitError RUN_NOT_STORED, LEDGER_UNBALANCED */
async function failUnlessBalanced(report: VerifyReport, store: RunStore, asked: string | undefined): Promise<void> {
  if (report.balanced) return;
  const absent = report.runs.find(({ stored, answered }) => stored === 0 && answered > 0)?.run;
  const run = absent ?? (report.runs.length === 0 && report.stored === 0 ? asked : undefined);
  if (run !== undefined) {
    const there = (await store.readRuns()).map(printable);
    throw new ToolkitError(
      'RUN_NOT_STORED',
      `${printable(store.place)} has no event of the run ${printable(run)}${there.length === 0 ? '' : `; it has ${there.join(', ')}`}.`,
      'Check that this is the store the site’s log goes to; events may be late (--wait).',
    );
  }
  const { lost, duplicated, unexplained, expect } = report;
  const faults = Object.entries({ lost, duplicated, unexplained }).flatMap(([name, count]) =>
    count === null || count === 0 ? [] : [`${grouped(count)} ${name}`],
  );
  const missed = expect.flatMap(({ expect, seen, passed }) => (passed ? [] : [`${printable(expect)} (it is ${seen})`]));
  throw new ToolkitError(
    'LEDGER_UNBALANCED',
    `The totals do not balance: ${[...faults, ...missed].join(', ')}.`,
    'Lost events may be late (--wait), or in the bucket’s failed folders; duplicates were delivered twice; unexplained ones were sent by somebody else.',
  );
}

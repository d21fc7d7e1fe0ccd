/** `clickstreamy verify`: what was sent against what arrived. */
import type { CommandModule } from 'yargs';
import { z } from 'zod';
import { AuthFlags, authFlags, loadAuth, parseServerUrl } from '../core/auth-flags';
import { ToolkitError, UsageError } from '../core/errors';
import { createHttpClient } from '../core/http-client';
import { parse } from '../core/parse';
import { grouped } from '../core/progress-text';
import { DEFAULT_INDEX, IndexName } from '../store/search/index-template';
import { parseExpectation } from './expected-figures';
import { openEngine, openFolder, type RunStore } from './open-run-store';
import { readLedgers } from './read-ledgers';
import { printable, renderReport } from './render-report';
import { type VerifyReport, verifyLedgers } from './verify-ledgers';

const DEFAULT_WAIT_SECONDS = 10;

const Options = AuthFlags.extend({
  ledger: z.array(z.string().min(1, 'must name a file')).default([]),
  store: z.string('must be one folder or address').min(1, 'must be a folder or an address'),
  index: IndexName.optional(),
  run: z.string('must be one run').min(1, 'must be a run’s name').optional(),
  expect: z.array(z.string()).default([]),
  wait: z.number('must be one number').min(0, 'must be 0 or more').max(86_400, 'must be 86,400 or less'),
  json: z.boolean(),
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
    { message: '--index, --auth and --user are a search engine’s: give its address with --store' },
  );

const isAddress = (store: string) => /^https?:\/\//i.test(store);

export const verifyCommand: CommandModule = {
  command: 'verify',
  describe: 'Check what was sent against what arrived',
  builder: (yargs) =>
    yargs
      .usage(
        '$0 verify --ledger FILE --store DIR|URL\n\nChecks the ledgers of `traffic` against a store: what is lost, what is there twice, what nobody sent.\n' +
          'By status, page, action, outcome, user, minute and session.',
      )
      .option('ledger', {
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'What `traffic --ledger` wrote; repeatable, also for the shards of one run',
      })
      .option('store', {
        type: 'string',
        requiresArg: true,
        demandOption: true,
        describe: 'The data folder of `local`, also of one that runs; or the address of an Elasticsearch or OpenSearch',
      })
      .option('index', {
        type: 'string',
        requiresArg: true,
        describe: `Its index, and the rotated ones  [${DEFAULT_INDEX}]`,
      })
      .option('expect', {
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'A figure of the store that must hold, as `signUps=42`; with a ledger, of its run; repeatable',
      })
      .option('run', {
        type: 'string',
        requiresArg: true,
        describe: 'Without a ledger: look at this run’s events only',
      })
      .option('wait', {
        type: 'number',
        requiresArg: true,
        default: DEFAULT_WAIT_SECONDS,
        describe: 'Seconds to wait for events that are late',
      })
      .options(authFlags)
      .option('json', { type: 'boolean', default: false, describe: 'One line of JSON in place of the table' })
      .example('$0 verify --ledger run.json --store data', 'A run on this machine, also while it runs')
      .example(
        '$0 verify --ledger run.json --store https://search.example.org --auth sigv4 --wait 900',
        'A deployed one',
      )
      .example("$0 verify --store data --expect 'signUps=42' --expect 'byStatus.500=0'", 'Without a ledger')
      .epilogue('Exit code 0 when the books balance, 1 when they do not or cannot be read, 2 for wrong usage.'),
  handler: async (argv) => run(parse(Options, argv, (why) => new UsageError(why))),
};

async function run(options: z.output<typeof Options>): Promise<void> {
  const expect = options.expect.map(parseExpectation);
  const ledgers = readLedgers(options.ledger);
  if (expect.length > 0 && ledgers.length > 1) {
    throw new UsageError(
      '--expect is about one run, and the ledgers are of several.',
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
        if (missing !== told) process.stderr.write(`waiting: ${grouped(missing)} are not stored yet\n`);
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
  if (!isAddress(store)) return openFolder(store);
  const url = parseServerUrl(store);
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
    `The books do not balance: ${[...faults, ...missed].join(', ')}.`,
    'Lost ones may be late (--wait), or in the bucket’s failed folders; duplicates are delivered twice; the rest somebody else sent.',
  );
}

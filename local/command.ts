import { readFileSync } from 'node:fs';
import type { CommandModule } from 'yargs';
import { z } from 'zod';
import { AuthFlags, authFlags, loadAuth, parseServerUrl } from '../core/auth-flags';
import { stopOnSignals } from '../core/command-line';
import { reasonOf, ToolkitError, UsageError } from '../core/errors';
import { createHttpClient } from '../core/http-client';
import { parse } from '../core/parse';
import { openProgressLine } from '../core/progress-line';
import { type AgentFlows, parseAgentConfig } from '../site/agent-config';
import { DEFAULT_INDEX, IndexName } from '../store/search/index-template';
import type { SearchStoreProps } from '../store/search/search-store';
import { createStatusText, renderAddresses, renderReport } from './progress';
import { isBalanced, type LocalReport } from './report';

const port = z.int('must be a whole number').min(0, 'must be 0 to 65535').max(65535, 'must be 0 to 65535').optional();

const Options = AuthFlags.extend({
  log: z.array(z.string().min(1, 'must name a log')).default([]),
  agentConfig: z.string('must be one file').min(1, 'must name a file').optional(),
  site: z.enum(['demo', 'wordpress'], 'must be demo or wordpress').optional(),
  once: z.boolean(),
  seconds: z
    .number('must be one number')
    .positive('must be more than 0')
    .max(2_000_000, 'must be 2,000,000 or less')
    .optional(),
  data: z.string('must be one folder').min(1, 'must name a folder').optional(),
  port,
  uiPort: port,
  rate: z.number('must be one number').min(0, 'must be 0 or more').max(5000, 'must be 5,000 or less').optional(),
  errors: z
    .number('must be one number')
    .min(0, 'must be 0 to 1')
    .max(1, 'must be 0 to 1 (0.2: every fifth)')
    .optional(),
  siteHost: z.array(z.string().regex(/^[^\s/]+$/, 'give a host, with its port if it has one: shop.example.org:8080')),
  store: z.string('must be one address').optional(),
  index: IndexName.optional(),
  json: z.boolean(),
})
  .refine(({ log, agentConfig }) => log.length === 0 || agentConfig === undefined, {
    message: '--agent-config names the logs: leave --log out',
  })
  .refine(({ log, agentConfig, once }) => !once || log.length > 0 || agentConfig !== undefined, {
    message: '--once needs --log: the site has no end',
  })
  .refine(
    ({ store, index, auth, user }) =>
      store !== undefined || (index === undefined && auth === 'none' && user === undefined),
    {
      message: '--index, --auth and --user are the search engine’s: give it with --store',
    },
  )
  .refine(
    ({ log, agentConfig, site, port, rate, errors }) =>
      (log.length === 0 && agentConfig === undefined) || (site ?? port ?? rate ?? errors) === undefined,
    { message: '--site, --port, --rate and --errors are the site’s: leave them out with logs of your own' },
  );

const DEFAULTS = { streamName: 'webserver_stream', port: 8080, uiPort: 8081, rate: 5, errors: 0.1 };
/** Between two lines of progress where there is no terminal. */
const PLAIN_SECONDS = 10;

export const localCommand: CommandModule = {
  command: 'local',
  describe: 'The whole pipeline on this machine',
  builder: (yargs) =>
    yargs
      .usage(
        '$0 local\n\nThe whole pipeline on this machine: a site (or logs of your own), a shipper, a delivery stream as Firehose’s,\n' +
          'the transform, a store, and a page that shows what visitors do, live. Everything listens on 127.0.0.1 only.',
      )
      .option('log', {
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'Logs to follow instead of the demo site’s: a path or a quoted pattern, also .gz; repeatable',
      })
      .option('agent-config', {
        type: 'string',
        requiresArg: true,
        describe: 'Follow the logs of this agent.json of the Kinesis Agent, as the agent would',
      })
      .option('site', {
        type: 'string',
        requiresArg: true,
        describe:
          'demo, or wordpress: the real one, of Debian’s packages; CLICKSTREAMY_TOKEN is its token for `traffic`  [demo]',
      })
      .option('once', { type: 'boolean', default: false, describe: 'Stop when all that the logs hold is stored' })
      .option('seconds', { type: 'number', requiresArg: true, describe: 'Run that long, then drain and stop' })
      .option('data', {
        type: 'string',
        requiresArg: true,
        describe: 'Keep journal, bucket and store here, and go on from there next time; without it: a temporary folder',
      })
      .option('port', { type: 'number', requiresArg: true, describe: `The site’s; 0: any  [${DEFAULTS.port}]` })
      .option('ui-port', { type: 'number', requiresArg: true, describe: `The page’s; 0: any  [${DEFAULTS.uiPort}]` })
      .option('rate', {
        type: 'number',
        requiresArg: true,
        describe: `The little traffic’s requests a second; 0: none  [${DEFAULTS.rate}]`,
      })
      .option('errors', {
        type: 'number',
        requiresArg: true,
        describe: `Its share of errors, 0 to 1  [${DEFAULTS.errors}]`,
      })
      .option('site-host', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [],
        describe: 'The site’s own host[:port], for logs whose lines do not name it; repeatable',
      })
      .option('store', {
        type: 'string',
        requiresArg: true,
        describe: 'Deliver to this Elasticsearch (6.3 and later) or OpenSearch in place of the embedded store',
      })
      .option('index', { type: 'string', requiresArg: true, describe: `Its index  [${DEFAULT_INDEX}]` })
      .options(authFlags)
      .option('json', { type: 'boolean', default: false, describe: 'Print one line of JSON when it ends' })
      .example('$0 local', 'The demo site with a little traffic')
      .example("$0 local --log '/var/log/apache2/access.log*'", 'Logs of your own, and what is added to them')
      .example('$0 local --site wordpress', 'A real WordPress under Apache, PHP and MariaDB')
      .example('$0 local --log access.log --once --json', 'Count one log, then stop')
      .example('$0 local --agent-config agent.json', 'What an agent’s settings would ship')
      .example('$0 local --store http://127.0.0.1:9200', 'The events into a search engine')
      .epilogue(
        'Exit code 0 when every line read is stored, kept as failed or blank; 1 when the books do not balance or the\n' +
          'run failed; 2 for wrong usage.',
      ),
  handler: async (argv) => run(parse(Options, argv, (why) => new UsageError(why))),
};

async function run(options: z.output<typeof Options>): Promise<void> {
  // Loaded here: DuckDB, the site and the SDK are half of what every other command would wait for.
  const { runLocal } = require('./run') as typeof import('./run');
  const view = openProgressLine({ plainSeconds: PLAIN_SECONDS });
  const toText = createStatusText();
  const flows = options.agentConfig === undefined ? undefined : readAgentConfig(options.agentConfig);
  let folder = '';
  const { report, failure } = await runLocal({
    logs: flows?.patterns ?? options.log,
    streamName: flows?.stream ?? DEFAULTS.streamName,
    site: options.site ?? 'demo',
    token: process.env['CLICKSTREAMY_TOKEN'],
    once: options.once,
    seconds: options.seconds,
    dataFolder: options.data,
    port: options.port ?? DEFAULTS.port,
    uiPort: options.uiPort ?? (options.once ? 0 : DEFAULTS.uiPort),
    rate: options.rate ?? DEFAULTS.rate,
    errors: options.errors ?? DEFAULTS.errors,
    siteHosts: options.siteHost,
    search: toSearchStore(options),
    signal: stopOnSignals(),
    onStart: (addresses) => {
      folder = addresses.dataFolder;
      view.say(renderAddresses(addresses));
    },
    onProgress: (status, share) => view.show(() => toText(status, share)),
    warn: view.warn,
  });
  view.end();
  if (failure !== undefined && report.read === 0) throw failure;
  view.say(renderReport(report, folder));
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  if (failure !== undefined) throw failure;
  failIfWaiting(report, folder);
  failIfUnbalanced(report);
}

/** @throws ToolkitError AGENT_CONFIG_INVALID */
function readAgentConfig(file: string): AgentFlows {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${reasonOf(error)}.`);
  }
  return parseAgentConfig(text, file);
}

/** @throws UsageError if what proves who asks is not complete. */
function toSearchStore({
  store,
  index = DEFAULT_INDEX,
  ...flags
}: z.output<typeof Options>): SearchStoreProps | undefined {
  if (store === undefined) return undefined;
  const url = parseServerUrl(store);
  return { client: createHttpClient({ url, auth: loadAuth(flags, url, process.env) }), index };
}

/** @throws ToolkitError EVENTS_WAITING */
function failIfWaiting({ waiting }: LocalReport, folder: string): void {
  if (waiting === 0) return;
  throw new ToolkitError(
    'EVENTS_WAITING',
    `${waiting} accepted ${waiting === 1 ? 'record waits' : 'records wait'} in the journal of ${folder}: the store or the bucket did not take them.`,
    `Mend that, then run again with --data ${folder}: they are delivered first, each once.`,
  );
}

/** @throws ToolkitError BOOKS_UNBALANCED */
function failIfUnbalanced(report: LocalReport): void {
  if (isBalanced(report)) return;
  const { read, stored, processingFailed, deliveryFailed, dropped } = report;
  throw new ToolkitError(
    'BOOKS_UNBALANCED',
    `${read} lines were read, but ${stored} stored + ${processingFailed} + ${deliveryFailed} failed + ${dropped} blank are accounted for.`,
    'With --data, run again: what was accepted is still in the journal, and what was not is read again.',
  );
}

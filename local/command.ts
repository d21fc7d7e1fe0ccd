/** `clickstreamy local`: the whole pipeline on this machine. */
import { z } from 'zod';
import { authOptions } from '../core/auth-flags';
import type { Command, Context } from '../core/command/command';
import {
  choice,
  file,
  flag,
  folder,
  host,
  inGroup,
  list,
  number,
  seconds,
  share,
  streamName,
  text,
  whole,
} from '../core/command/values';
import { stopOnSignals } from '../core/command-line';
import { ToolkitError } from '../core/errors';
import { plural } from '../core/plural';
import { openProgressLine } from '../core/progress-line';
import { type AgentConfig, onlyStream } from '../site/read-agent-config';
import { DEFAULT_INDEX, IndexName } from '../store/search/index-template';
import { createStatusText, renderAddresses, renderReport } from './progress';
import { readAgentFile } from './read-agent-file';
import { isBalanced, type LocalReport } from './report';
import { toSearchStore } from './search-flags';
import { failIfWaiting } from './waiting';

const DEFAULTS = {
  streamName: 'webserver_stream',
  site: 'demo',
  port: 8080,
  uiPort: 8081,
  rate: 5,
  errors: 0.1,
} as const;

/** Time between two progress lines, if standard error is not a terminal. */
const PLAIN_SECONDS = 10;

const port = () => whole({ min: 0, max: 65_535 }).meta({ value: 'PORT' }).optional();

const Options = z
  .object({
    ...inGroup('Logs of your own', {
      log: list(file())
        .describe('Follow these logs instead of a site’s: paths or patterns; gzip too')
        .meta({ value: 'GLOB', greedy: true }),
      agentConfig: file()
        .optional()
        .describe('Follow the logs in this agent.json of the Kinesis Agent, as the agent would'),
      siteHost: list(host()).describe('Your site’s host[:port], for logs whose lines do not name it'),
    }),
    ...inGroup('Site', {
      site: choice(['demo', 'wordpress'])
        .optional()
        .describe(
          'The demo site, or a real WordPress from Debian’s packages, for which `traffic` needs the same $CLICKSTREAMY_TOKEN',
        )
        .meta({ otherwise: DEFAULTS.site }),
      port: port()
        .describe('Port of the site; 0 picks a free one')
        .meta({ otherwise: String(DEFAULTS.port) }),
      rate: number({ min: 0, max: 5000 })
        .optional()
        .describe('Requests a second that visit the site; 0 for none')
        .meta({ otherwise: DEFAULTS.rate }),
      errors: share()
        .optional()
        .describe('Share of those requests that fail with 500')
        .meta({ otherwise: DEFAULTS.errors }),
    }),
    ...inGroup('Run', {
      once: flag().describe('Stop when everything in the logs is stored'),
      seconds: seconds({ above: 0, max: 2_000_000 }).optional().describe('Run for this long, then drain and stop'),
      data: folder()
        .optional()
        .describe('Keep journal, bucket and store in this folder, and continue from there next time')
        .meta({ otherwise: 'a temporary folder' }),
      uiPort: port()
        .describe('Port of the page; 0 picks a free one')
        .meta({ otherwise: `${DEFAULTS.uiPort}; with --once a free one` }),
      json: flag().describe('Print all counts as one line of JSON at the end'),
    }),
    ...inGroup('Delivery stream', {
      streamPort: port()
        .describe('Port of the stream’s endpoint, for the Kinesis Agent and other senders; 0 picks a free one')
        .meta({ otherwise: 'a free one' }),
      streamName: streamName()
        .optional()
        .describe('Name of the stream')
        .meta({ otherwise: `the one in agent.json, else ${DEFAULTS.streamName}` }),
    }),
    ...inGroup('Search engine', {
      store: text('URL')
        .optional()
        .describe('Deliver to this Elasticsearch (6.3 or later) or OpenSearch instead of the embedded store'),
      index: IndexName.optional()
        .describe('Index to write the events to')
        .meta({ value: 'NAME', otherwise: DEFAULT_INDEX }),
    }),
    ...authOptions,
  })
  .refine(({ log, agentConfig }) => log.length === 0 || agentConfig === undefined, {
    message: '--agent-config names the logs: leave --log out',
  })
  .refine(({ log, agentConfig, once }) => !once || log.length > 0 || agentConfig !== undefined, {
    message: '--once needs --log or --agent-config: a site never ends',
  })
  .refine(
    ({ store, index, auth, user }) =>
      store !== undefined || (index === undefined && auth === 'none' && user === undefined),
    { message: '--index, --auth and --user belong to a search engine: give it with --store' },
  )
  .refine(
    ({ log, agentConfig, site, port, rate, errors }) =>
      (log.length === 0 && agentConfig === undefined) || (site ?? port ?? rate ?? errors) === undefined,
    { message: '--site, --port, --rate and --errors belong to the site: leave them out with logs of your own' },
  );

export const localCommand: Command<typeof Options> = {
  about:
    'Runs the whole pipeline on this machine: a site (or logs of your own), a shipper, a delivery stream with Firehose’s contract, ' +
    'the transform, a store, and a page that shows what visitors do, live. Everything listens on 127.0.0.1 only.',
  options: Options,
  examples: [
    ['', 'The demo site with a little traffic'],
    ["--log '/var/log/apache2/access.log*'", 'Your own logs, now and as they grow'],
    ['--site wordpress', 'A real WordPress under Apache, PHP and MariaDB'],
    ['--log access.log --once --json', 'Count one log, then stop'],
    ['--agent-config agent.json', 'What the Kinesis Agent would ship'],
    ['--store http://127.0.0.1:9200', 'Store the events in a search engine'],
  ],
  notes:
    'Exit code 0 when every line read is stored, kept as failed, or blank; 1 when the totals do not add up, a log could ' +
    'not be read, the journal was damaged, or the run failed; 2 for wrong usage. Ctrl-C drains and stops.',
  run,
};

async function run(options: z.output<typeof Options>, { quiet }: Context): Promise<void> {
  // Nobody else may read what is kept, DuckDB’s own files included.
  process.umask(0o077);
  // Loaded here, so that --help does not wait for DuckDB, the site and the SDK.
  const { runLocal } = require('./run') as typeof import('./run');
  const view = openProgressLine({ quiet, plainSeconds: PLAIN_SECONDS });
  const toText = createStatusText();
  const flows = options.agentConfig === undefined ? undefined : readAgentConfig(options.agentConfig, view.warn);
  let folder = '';
  const { report, failure } = await runLocal({
    logs: flows?.patterns ?? options.log,
    streamName: options.streamName ?? flows?.stream ?? DEFAULTS.streamName,
    streamPort: options.streamPort ?? 0,
    site: options.site ?? DEFAULTS.site,
    token: process.env['CLICKSTREAMY_TOKEN'],
    once: options.once,
    seconds: options.seconds,
    dataFolder: options.data,
    port: options.port ?? DEFAULTS.port,
    uiPort: options.uiPort ?? (options.once ? 0 : DEFAULTS.uiPort),
    rate: options.rate ?? DEFAULTS.rate,
    errors: options.errors ?? DEFAULTS.errors,
    siteHosts: options.siteHost,
    search: toSearchStore(options, process.env),
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
  failIfDamaged(report, folder);
  failIfUnbalanced(report);
}

/** @throws ToolkitError AGENT_CONFIG_INVALID */
function readAgentConfig(file: string, warn: (sentence: string) => void): { patterns: string[]; stream: string } {
  const config = readAgentFile(file);
  for (const warning of [...config.warnings, ...startWarning(config)]) warn(`${file}: ${warning}`);
  return { patterns: config.flows.map(({ pattern }) => pattern), stream: onlyStream(config, file) };
}

function startWarning({ flows }: AgentConfig): string[] {
  if (flows.every(({ initialPosition }) => initialPosition === 'START_OF_FILE')) return [];
  return [
    'initialPosition END_OF_FILE (the agent’s default) is not followed: here the logs are read from their start.',
  ];
}

/** @throws ToolkitError JOURNAL_DAMAGED */
function failIfDamaged({ damagedBytes }: LocalReport, folder: string): void {
  if (damagedBytes === 0) return;
  throw new ToolkitError(
    'JOURNAL_DAMAGED',
    `${plural(damagedBytes, 'byte')} of the journal in ${folder} could not be read: kept in the *.damaged files that were named above.`,
    'Check the disk. Lines of logs that are still there were read again; records of other senders in those bytes are lost.',
  );
}

/** @throws ToolkitError BOOKS_UNBALANCED */
function failIfUnbalanced(report: LocalReport): void {
  if (isBalanced(report)) return;
  const { read, stored, processingFailed, deliveryFailed, dropped } = report;
  throw new ToolkitError(
    'BOOKS_UNBALANCED',
    `${plural(read, 'line')} ${read === 1 ? 'was' : 'were'} read, but ${stored} stored + ${processingFailed} + ${deliveryFailed} failed + ${dropped} blank are accounted for.`,
    'With --data, run again: what was accepted is still in the journal, and what was not is read again.',
  );
}

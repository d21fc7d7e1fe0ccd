/** `clickstreamy ship`: the shipper alone, to a real Firehose or to an endpoint of ours. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Command, Context } from '../core/command/command';
import { file, flag, folder, list, streamName, text } from '../core/command/values';
import { stopOnSignals } from '../core/command-line';
import { ToolkitError } from '../core/errors';
import { plural } from '../core/plural';
import { openProgressLine } from '../core/progress-line';
import { grouped } from '../core/progress-text';
import type { ShipperCounts } from '../shipper/shipper';
import { readAgentFile } from './read-agent-file';
import type { ShipReport } from './ship';
import { parseEndpoint, planOfAgent, type ShipPlan } from './ship-plan';

/** Time between two progress lines, if standard error is not a terminal. */
const PLAIN_SECONDS = 60;

const Options = z
  .object({
    config: file().optional().describe('An agent.json of the Kinesis Agent: its flows, endpoint and positions'),
    log: list(file())
      .describe('Ship these logs instead: paths or patterns; gzip too')
      .meta({ value: 'GLOB', greedy: true }),
    stream: streamName().optional().describe('Delivery stream of the logs given with --log'),
    endpoint: text('URL')
      .optional()
      .describe('Where the streams are')
      .meta({ otherwise: 'firehose.endpoint of agent.json, else AWS’s' }),
    region: text('REGION')
      .optional()
      .describe('AWS region of the streams')
      .meta({ otherwise: 'that of the endpoint, else what the AWS SDK finds' }),
    checkpoint: folder()
      .optional()
      .describe('Folder that keeps how far each log is shipped, and lines too long for a record')
      .meta({ otherwise: 'checkpointFile of agent.json with .clickstreamy, else one below ~/.local/state' }),
    once: flag().describe('Ship what the logs hold now, then stop'),
    json: flag().describe('Print all counts as one line of JSON at the end'),
  })
  .refine(({ config, log }) => (config === undefined) !== (log.length === 0), {
    message: 'give either --config, or --log with --stream',
  })
  .refine(({ log, stream }) => (log.length === 0) === (stream === undefined), {
    message: '--log and --stream belong together; with --config the file names the streams',
  });

export const shipCommand: Command<typeof Options> = {
  about:
    'Follows access logs and sends each line, unchanged, as one record to a Firehose delivery stream: what the Kinesis Agent does, ' +
    'without losing lines at a rotation, a truncation or a crash. AWS credentials are those that the AWS SDK finds.',
  usage: '(--config FILE | --log GLOB --stream NAME) [options]',
  options: Options,
  examples: [
    ['--config /etc/aws-kinesis/agent.json', 'In the place of the Kinesis Agent'],
    ["--log '/var/log/apache2/access.log*' --stream webserver_stream --region us-east-1", 'Without a file'],
    [
      '--log access.log --stream webserver_stream --endpoint http://127.0.0.1:4573 --once --json',
      'To a local stream, once',
    ],
  ],
  notes:
    'Exit code 0 when every line read is accepted or set aside as too long; 1 when it is not, a log could not be read, or a stream ' +
    'refuses; 2 for wrong usage. Ctrl-C, SIGTERM and SIGHUP stop reading and give what is in flight one more attempt; the next run goes on from there.',
  run,
};

async function run(options: z.output<typeof Options>, { quiet }: Context): Promise<void> {
  process.umask(0o077);
  // Loaded here, so that --help does not wait for DuckDB and the SDK.
  const { ship } = require('./ship') as typeof import('./ship');
  const view = openProgressLine({ quiet, plainSeconds: PLAIN_SECONDS });
  const plan = toPlan(options);
  for (const warning of plan.warnings) view.warn(`${options.config}: ${warning}`);
  const checkpointFolder = options.checkpoint ?? plan.checkpointFolder ?? defaultFolder(plan);
  view.say(renderPlan(plan, checkpointFolder));
  const signal = stopOnSignals();
  const { report, failure } = await ship({
    ...plan,
    checkpointFolder,
    once: options.once,
    mayBeMissing: options.config !== undefined && !options.once,
    signal,
    onProgress: (counts) => view.show(() => renderCounts(counts)),
    warn: view.warn,
  });
  view.end();
  view.say(`${renderCounts(report)} in ${report.seconds.toFixed(1)} s`);
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  if (failure !== undefined) throw failure;
  failIfUnsent(report);
  if (options.once && signal.aborted) throw unsent('It was stopped before all logs were read.');
}

function toPlan({ config, log, stream = '', endpoint, region }: z.output<typeof Options>): ShipPlan {
  const given = {
    ...(endpoint !== undefined && { endpoint: parseEndpoint(endpoint) }),
    ...(region !== undefined && { region }),
  };
  if (config !== undefined) return { ...planOfAgent(readAgentFile(config), config), ...given };
  const flows = [{ stream, patterns: log, startAt: 'start' as const }];
  return { endpoint: undefined, region: undefined, checkpointFolder: undefined, warnings: [], flows, ...given };
}

/** Streams of the same name at two places have two checkpoints. */
function defaultFolder({ endpoint, region = 'aws' }: ShipPlan): string {
  const state = process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return join(state, 'clickstreamy', 'ship', endpoint?.host.replaceAll(':', '-') ?? region);
}

function renderPlan({ flows, endpoint, region }: ShipPlan, checkpointFolder: string): string {
  const where = endpoint?.origin ?? (region === undefined ? 'AWS' : `AWS, ${region}`);
  return [
    ...flows.map(({ stream, patterns }) => `ship        ${patterns.join(' ')} → ${stream}`),
    `streams at  ${where}`,
    `checkpoint  ${checkpointFolder}`,
  ].join('\n');
}

function renderCounts({ read, acknowledged, tooLong, uncertain }: ShipperCounts): string {
  const more = [
    ...(tooLong === 0 ? [] : [`${grouped(tooLong)} too long for a record`]),
    ...(uncertain === 0 ? [] : [`${grouped(uncertain)} perhaps twice`]),
  ];
  return [`${plural(read, 'line')} read, ${grouped(acknowledged)} accepted`, ...more].join(', ');
}

/** @throws ToolkitError LINES_UNSENT */
function failIfUnsent({ read, acknowledged, tooLong }: ShipReport): void {
  const lines = read - acknowledged - tooLong;
  if (lines === 0) return;
  throw unsent(
    `${plural(lines, 'line')} ${lines === 1 ? 'was' : 'were'} read but not accepted by the stream before the end.`,
  );
}

function unsent(message: string): ToolkitError {
  const hint = 'Run it again with the same checkpoint: what was not accepted is read and sent then.';
  return new ToolkitError('LINES_UNSENT', message, hint);
}

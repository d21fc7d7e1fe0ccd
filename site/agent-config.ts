/**
 * The Kinesis Agent's settings, `/etc/aws-kinesis/agent.json`. Writes them, with a value against each known way in which the agent
 * loses lines; and reads them, so that the local shipper can follow the same file.
 */
import { z } from 'zod';
import { ToolkitError } from '../core/errors';
import { type Fail, parseJson } from '../core/json-file';

export interface AgentTarget {
  readonly region: string;
  /** A delivery stream (`firehose`), or the data stream that it reads from (`kinesis`). */
  readonly kind: 'firehose' | 'kinesis';
  readonly stream: string;
}

export function renderAgentConfig({ region, kind, stream }: AgentTarget): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const flow = {
    // Matches rotated names too: a log that is renamed before it was read to its end is found again.
    filePattern: '/var/log/clickstreamy/access_log*',
    ...(kind === 'firehose' ? { deliveryStream: stream } : { kinesisStream: stream, partitionKeyOption: 'RANDOM' }),
    // From the end, a crash would lose everything written before the agent's first success.
    initialPosition: 'START_OF_FILE',
    maxBufferAgeMillis: 1000,
  };
  return `${JSON.stringify(
    {
      'cloudwatch.emitMetrics': true,
      'cloudwatch.endpoint': `monitoring.${region}.${domain}`,
      [`${kind}.endpoint`]: `${kind}.${region}.${domain}`,
      // Not under /var/run, which a reboot empties.
      checkpointFile: '/var/lib/aws-kinesis-agent/checkpoints',
      flows: [flow],
    },
    undefined,
    2,
  )}\n`;
}

/** The keys that the agent documents. The agent silently ignores any other. */
const Flow = z
  .strictObject({
    filePattern: z
      .string()
      .regex(/^\/(?:[^*?[{]*\/)?[^/]+$/, 'must be an absolute path; only its last part may hold `*` or `?`'),
    deliveryStream: z.string().min(1).optional(),
    kinesisStream: z.string().min(1).optional(),
    initialPosition: z.enum(['START_OF_FILE', 'END_OF_FILE']).default('END_OF_FILE'),
    partitionKeyOption: z.enum(['RANDOM', 'DETERMINISTIC']).optional(),
    maxBufferAgeMillis: z.int().min(1000).max(900_000).optional(),
    maxBufferSizeRecords: z.int().min(1).max(500).optional(),
    maxBufferSizeBytes: z
      .int()
      .min(1)
      .max(4 * 1024 * 1024)
      .optional(),
    minTimeBetweenFilePollsMillis: z.int().min(1).optional(),
  })
  .refine(({ deliveryStream, kinesisStream }) => (deliveryStream === undefined) !== (kinesisStream === undefined), {
    message: 'must name either `deliveryStream` or `kinesisStream`',
  })
  .refine(({ initialPosition }) => initialPosition === 'START_OF_FILE', {
    message: 'must have `initialPosition` START_OF_FILE: from the end, everything written before is lost',
  });

const AgentConfig = z.strictObject({
  'cloudwatch.emitMetrics': z.boolean().optional(),
  'cloudwatch.endpoint': z.string().optional(),
  'firehose.endpoint': z.string().optional(),
  'kinesis.endpoint': z.string().optional(),
  checkpointFile: z.string().startsWith('/', 'must be an absolute path').optional(),
  flows: z.array(Flow).min(1, 'must have a flow'),
});

/** The part of the file that a shipper follows. Endpoints, metrics, checkpoint and buffers concern the agent only. */
export interface AgentFlows {
  readonly patterns: readonly string[];
  readonly stream: string;
}

/**
 * @param text the file's text, JSON.
 * @param name the file's name, for the message.
 * @throws ToolkitError AGENT_CONFIG_INVALID with all faults: keys that the agent does not know, values out of its ranges, flows that lose
 *   lines or that go to more than one stream.
 */
export function parseAgentConfig(text: string, name: string): AgentFlows {
  const fail: Fail = (why, cause) =>
    new ToolkitError(
      'AGENT_CONFIG_INVALID',
      `The agent configuration in ${name} ${why}.`,
      'Correct it there; docs/errors.md says what it must have.',
      { cause },
    );
  const { flows } = parseJson(text, AgentConfig, fail);
  const streams = new Set(flows.map(({ deliveryStream, kinesisStream }) => deliveryStream ?? kinesisStream ?? ''));
  const [stream = ''] = streams;
  if (streams.size > 1)
    throw fail(`cannot be used: its flows go to ${streams.size} streams (${[...streams].join(', ')}), not to one`);
  return { patterns: flows.map(({ filePattern }) => filePattern), stream };
}

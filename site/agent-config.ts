/**
 * The Kinesis Agent's settings, `/etc/aws-kinesis/agent.json`: written with values each of which stands for a way in which the agent is
 * known to lose lines, and read, so that the local shipper follows the very same file.
 */
import { z } from 'zod';
import { ToolkitError } from '../core/errors';
import { parseJson } from '../core/json-file';

export interface AgentTarget {
  readonly region: string;
  /** A delivery stream (`firehose`), or the data stream that one reads from (`kinesis`). */
  readonly kind: 'firehose' | 'kinesis';
  readonly stream: string;
}

/** @returns the file's text. */
export function renderAgentConfig({ region, kind, stream }: AgentTarget): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const flow = {
    // With the rotated names too: a log that is renamed before it was read to its end is found again.
    filePattern: '/var/log/clickstreamy/access_log*',
    ...(kind === 'firehose' ? { deliveryStream: stream } : { kinesisStream: stream, partitionKeyOption: 'RANDOM' }),
    // From the end, all that came before the agent's first success would be lost with a crash.
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

/** What the agent's documentation names; a key that it does not know would be passed over by the agent without a word. */
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
    message: 'must have `initialPosition` START_OF_FILE: from the end, all that was there before is lost',
  });

const AgentConfig = z.strictObject({
  'cloudwatch.emitMetrics': z.boolean().optional(),
  'cloudwatch.endpoint': z.string().optional(),
  'firehose.endpoint': z.string().optional(),
  'kinesis.endpoint': z.string().optional(),
  checkpointFile: z.string().startsWith('/', 'must be an absolute path').optional(),
  flows: z.array(Flow).min(1, 'must hold a flow'),
});

/** What a shipper does for such a file. Endpoints, metrics, checkpoint and buffers are the agent's own. */
export interface AgentFlows {
  readonly patterns: readonly string[];
  readonly stream: string;
}

/**
 * @param text of the file, in JSON.
 * @param name of the file, for the message.
 * @throws ToolkitError AGENT_CONFIG_INVALID with all faults: keys that the agent does not know, values out of its ranges, flows that lose
 *   lines, or that go to more than one stream.
 */
export function parseAgentConfig(text: string, name: string): AgentFlows {
  const fail = (why: string, cause?: unknown) =>
    new ToolkitError(
      'AGENT_CONFIG_INVALID',
      `The agent configuration in ${name} ${why}.`,
      'Correct it there; docs/operations.md has an example.',
      { cause },
    );
  const { flows } = parseJson(text, AgentConfig, fail);
  const streams = new Set(flows.map(({ deliveryStream, kinesisStream }) => deliveryStream ?? kinesisStream ?? ''));
  const [stream = ''] = streams;
  if (streams.size > 1)
    throw fail(
      `cannot be used: the flows go to ${streams.size} streams (${[...streams].join(', ')}), but there is only one here`,
    );
  return { patterns: flows.map(({ filePattern }) => filePattern), stream };
}

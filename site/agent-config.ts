/**
 * Writes the Kinesis Agent's settings, `/etc/aws-kinesis/agent.json`, with a value against each known way in which the agent loses lines.
 */

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

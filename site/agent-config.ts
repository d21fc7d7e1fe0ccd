/** The Kinesis Agent's settings, as `/etc/aws-kinesis/agent.json` has them: each value stands for a way in which it is known to lose lines. */

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
    filePattern: '/var/log/httpd/access_log*',
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

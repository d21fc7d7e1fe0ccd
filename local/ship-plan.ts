/** What `clickstreamy ship` is to do: which logs go to which stream, and where the streams are. */
import { ToolkitError, UsageError } from '../core/errors';
import type { AgentConfig } from '../site/read-agent-config';

/** The logs of one delivery stream. */
export interface ShipFlow {
  readonly stream: string;
  readonly patterns: readonly string[];
  /** Where logs begin that are there at the very first start. */
  readonly startAt: 'start' | 'end';
}

export interface ShipPlan {
  readonly flows: readonly ShipFlow[];
  /** Absent for AWS’s own endpoint of the region. */
  readonly endpoint: URL | undefined;
  /** Absent for what the AWS SDK finds. */
  readonly region: string | undefined;
  /** Where the file wants the checkpoint. */
  readonly checkpointFolder: string | undefined;
  /** What the agent would do and `ship` does not: a sentence each. */
  readonly warnings: readonly string[];
}

/** @throws ToolkitError AGENT_CONFIG_INVALID if none of its flows goes to a Firehose delivery stream. */
export function planOfAgent(config: AgentConfig, file: string): ShipPlan {
  const toFirehose = config.flows.filter(({ kind }) => kind === 'firehose');
  if (toFirehose.length === 0) {
    throw new ToolkitError(
      'AGENT_CONFIG_INVALID',
      `The agent configuration in ${file} cannot be used: no flow has a deliveryStream, and kinesisStream is a Kinesis data stream.`,
      'Give a flow a `deliveryStream`; Firehose can also read from a data stream, which then needs the Kinesis Agent.',
    );
  }
  const streams = [...new Set(toFirehose.map(({ stream }) => stream))];
  const flowsOf = (name: string) => toFirehose.filter(({ stream }) => stream === name);
  const startsOf = (name: string) => new Set(flowsOf(name).map(({ initialPosition }) => initialPosition));
  return {
    flows: streams.map((stream) => ({
      stream,
      patterns: flowsOf(stream).map(({ pattern }) => pattern),
      // Where they differ, no line is left out.
      startAt: startsOf(stream).has('START_OF_FILE') ? 'start' : 'end',
    })),
    endpoint: config.firehoseEndpoint === undefined ? undefined : toEndpoint(config.firehoseEndpoint, file),
    region: config.region,
    // Beside the agent’s own file, which is a database: both can be kept, to go from one to the other.
    checkpointFolder: config.checkpointFile === undefined ? undefined : `${config.checkpointFile}.clickstreamy`,
    warnings: [
      ...config.warnings,
      ...config.flows
        .filter(({ kind }) => kind === 'kinesis')
        .map(({ pattern, stream }) => `${pattern} is not shipped: ${stream} is a Kinesis data stream.`),
      ...streams
        .filter((stream) => startsOf(stream).size > 1)
        .map(
          (stream) => `The flows to ${stream} differ in initialPosition: START_OF_FILE is followed for all of them.`,
        ),
      ...signInWarnings(config),
    ],
  };
}

function signInWarnings({ assumeRole, accessKey }: AgentConfig): string[] {
  const found = 'the credentials are those that the AWS SDK finds';
  return [
    ...(assumeRole ? [`assumeRoleARN is not followed: ${found}; name the role in a profile, with AWS_PROFILE.`] : []),
    ...(accessKey ? [`awsAccessKeyId and awsSecretAccessKey are not followed: ${found}.`] : []),
  ];
}

/** @param endpoint a host name, as the agent’s documentation has it, or a URL. */
function toEndpoint(endpoint: string, file: string): URL {
  const text = /^https?:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`;
  if (URL.canParse(text)) return new URL(text);
  throw new ToolkitError(
    'AGENT_CONFIG_INVALID',
    `The agent configuration in ${file} cannot be used: firehose.endpoint ${endpoint} is not an address.`,
    'Give a host name, such as firehose.us-east-1.amazonaws.com, or a URL.',
  );
}

/** @throws UsageError */
export function parseEndpoint(text: string): URL {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return new URL(text);
  throw new UsageError(`--endpoint: must be a URL, such as http://127.0.0.1:4573, not ${text}`);
}

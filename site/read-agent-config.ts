/**
 * Reads the Kinesis Agent's settings, `/etc/aws-kinesis/agent.json`, so that a shipper of ours can follow the same file.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/agent-config-settings.html
 */
import { z } from 'zod';
import { ToolkitError } from '../core/errors';
import { MAX_BATCH_BYTES, MAX_BATCH_RECORDS } from '../core/firehose-limits';
import { type Fail, parseJson } from '../core/json-file';
import { name, text, truth, whole } from './agent-config-values';

const Flow = z
  .strictObject({
    filePattern: text().pipe(
      z.string().regex(/^\/(?:[^*?[{]*\/)?[^/]+$/, 'must be an absolute path; only its last part may hold `*` or `?`'),
    ),
    deliveryStream: name().optional(),
    kinesisStream: name().optional(),
    initialPosition: z.enum(['START_OF_FILE', 'END_OF_FILE']).default('END_OF_FILE'),
    partitionKeyOption: z.enum(['RANDOM', 'DETERMINISTIC']).optional(),
    maxBufferAgeMillis: whole(1000, 900_000).optional(),
    maxBufferSizeRecords: whole(1, MAX_BATCH_RECORDS).optional(),
    maxBufferSizeBytes: whole(1, MAX_BATCH_BYTES).optional(),
    minTimeBetweenFilePollsMillis: whole(1).optional(),
    // These change what a record is.
    aggregatedRecordSizeBytes: whole().default(0),
    dataProcessingOptions: z.array(z.unknown()).default([]),
    multiLineStartPattern: text().default(''),
    skipHeaderLines: whole().default(0),
    truncatedRecordTerminator: text().optional(),
  })
  .refine(({ deliveryStream, kinesisStream }) => (deliveryStream === undefined) !== (kinesisStream === undefined), {
    message: 'must name either `deliveryStream` or `kinesisStream`',
  });

const Settings = z.strictObject({
  assumeRoleARN: text().optional(),
  assumeRoleExternalId: text().optional(),
  awsAccessKeyId: text().optional(),
  awsSecretAccessKey: text().optional(),
  'cloudwatch.emitMetrics': truth().optional(),
  'cloudwatch.endpoint': text().optional(),
  'firehose.endpoint': text().optional(),
  'kinesis.endpoint': text().optional(),
  'kinesis.region': text().optional(),
  'sts.endpoint': text().optional(),
  'userDefinedCredentialsProvider.classname': text().optional(),
  'userDefinedCredentialsProvider.location': text().optional(),
  checkpointFile: text().pipe(z.string().startsWith('/', 'must be an absolute path')).optional(),
  flows: z.array(Flow).min(1, 'must have a flow'),
});

export interface AgentFlow {
  /** Absolute; only its last part may hold `*` or `?`. */
  readonly pattern: string;
  readonly kind: 'firehose' | 'kinesis';
  readonly stream: string;
  /** Where a log begins that was never read. The agent's default is END_OF_FILE. */
  readonly initialPosition: 'START_OF_FILE' | 'END_OF_FILE';
  readonly maxBufferAgeMillis: number | undefined;
  readonly maxBufferSizeRecords: number | undefined;
  readonly maxBufferSizeBytes: number | undefined;
  readonly minTimeBetweenFilePollsMillis: number | undefined;
}

export interface AgentConfig {
  /** In the order of the file; at least one. */
  readonly flows: readonly [AgentFlow, ...AgentFlow[]];
  /** As in the file: a host name, or a URL. */
  readonly firehoseEndpoint: string | undefined;
  /** The endpoint's, where its name tells it. */
  readonly region: string | undefined;
  readonly checkpointFile: string | undefined;
  readonly assumeRole:
    | { readonly arn: string; readonly externalId: string | undefined; readonly stsEndpoint: string | undefined }
    | undefined;
  readonly accessKey: { readonly id: string; readonly secret: string } | undefined;
  /** What the agent would do and a shipper of ours does not: a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * @param content the file's content: JSON, with the comments that the agent accepts (C and C++ style).
 * @param file the file's name, for the message.
 * @throws ToolkitError AGENT_CONFIG_INVALID with all faults: keys that the agent does not know, and values out of its ranges.
 */
export function parseAgentConfig(content: string, file: string): AgentConfig {
  const settings = parseJson(withoutComments(content), Settings, toFail(file));
  const { assumeRoleARN: arn, awsAccessKeyId: id, awsSecretAccessKey: secret } = settings;
  const firehoseEndpoint = settings['firehose.endpoint'];
  return {
    flows: settings.flows.map(toFlow) as [AgentFlow, ...AgentFlow[]],
    firehoseEndpoint,
    region: /\bfirehose\.([a-z]{2}(?:-[a-z]+)+-\d+)\.amazonaws\.com/.exec(firehoseEndpoint ?? '')?.[1],
    checkpointFile: settings.checkpointFile,
    assumeRole: arn
      ? { arn, externalId: settings.assumeRoleExternalId, stsEndpoint: settings['sts.endpoint'] }
      : undefined,
    accessKey: id && secret ? { id, secret } : undefined,
    warnings: [...settings.flows.flatMap(warningsOf), ...providerWarning(settings)],
  };
}

/** @throws ToolkitError AGENT_CONFIG_INVALID if the flows go to more than one stream. */
export function onlyStream({ flows }: AgentConfig, file: string): string {
  const streams = [...new Set(flows.map(({ stream }) => stream))];
  if (streams.length === 1) return flows[0].stream;
  throw toFail(file)(`cannot be used: its flows go to ${streams.length} streams (${streams.join(', ')}), not to one`);
}

function toFail(file: string): Fail {
  return (why, cause) =>
    new ToolkitError(
      'AGENT_CONFIG_INVALID',
      `The agent configuration in ${file} ${why}.`,
      'Correct it there; docs/errors.md says what it must have.',
      { cause },
    );
}

/** Comments become a space; what looks like one within a text stays. */
function withoutComments(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) => (part.startsWith('"') ? part : ' '));
}

function toFlow({ filePattern, deliveryStream, kinesisStream, ...flow }: z.output<typeof Flow>): AgentFlow {
  return {
    pattern: filePattern,
    kind: deliveryStream === undefined ? 'kinesis' : 'firehose',
    stream: deliveryStream ?? kinesisStream ?? '',
    initialPosition: flow.initialPosition,
    maxBufferAgeMillis: flow.maxBufferAgeMillis,
    maxBufferSizeRecords: flow.maxBufferSizeRecords,
    maxBufferSizeBytes: flow.maxBufferSizeBytes,
    minTimeBetweenFilePollsMillis: flow.minTimeBetweenFilePollsMillis,
  };
}

function warningsOf(flow: z.output<typeof Flow>, at: number): string[] {
  const without: string[] = [];
  const warn = (applies: boolean, key: string, what: string) => {
    if (applies) without.push(`flows[${at}].${key} is not followed: ${what}.`);
  };
  warn(
    flow.aggregatedRecordSizeBytes > 0,
    'aggregatedRecordSizeBytes',
    'the agent would join lines; here each line is a record of its own',
  );
  warn(
    flow.dataProcessingOptions.length > 0,
    'dataProcessingOptions',
    'the agent would rewrite each line; here it is sent as it was written',
  );
  warn(
    flow.multiLineStartPattern !== '',
    'multiLineStartPattern',
    'the agent would make a record of several lines; here each line is one',
  );
  warn(
    flow.skipHeaderLines > 0,
    'skipHeaderLines',
    'the agent would leave out the first lines of each log; here they are sent',
  );
  return without;
}

function providerWarning(settings: z.output<typeof Settings>): string[] {
  if (!settings['userDefinedCredentialsProvider.classname']) return [];
  return [
    'userDefinedCredentialsProvider is not followed: it is a Java class; the credentials come from where the AWS SDK finds them.',
  ];
}

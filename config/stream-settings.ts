import { z } from 'zod';
import {
  DEFAULT_RETRY_SECONDS,
  MAX_STREAM_NAME_LENGTH,
  STREAM_NAME,
  TRANSFORM_ATTEMPTS,
  TRANSFORM_BUFFER_BYTES,
} from '../core/firehose-limits';
import { LogDays, RoleArn } from './aws-values';

const Source = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('direct').describe('Producers send records to the delivery stream itself.') }),
    z.strictObject({
      kind: z.literal('kinesis').describe('Records come through a Kinesis data stream.'),
      streamArn: z
        .string()
        .regex(/^arn:aws[a-z-]*:kinesis:[a-z0-9-]+:\d{12}:stream\/.+$/, 'must be the ARN of a Kinesis data stream')
        .optional()
        .describe('An existing data stream; by default one is created, with the delivery stream’s name.'),
      retentionHours: z.int().min(24).max(8760).default(24).describe('Hours that the new data stream keeps records.'),
    }),
  ])
  .describe('Where the delivery stream gets its records from.');

const megabytes = (fallback: number) => z.int().min(1).max(100).default(fallback);

const Buffer = z
  .strictObject({
    megabytes: megabytes(5).describe('Deliver when this many MB have arrived …'),
    seconds: z.int().min(0).max(900).default(300).describe('… or after this many seconds, whichever is first.'),
  })
  .describe('How much is collected before it is delivered to the domain and copied to the bucket.');

const PREFIX = /^[\w!.*'()/=:{}-]*$/;

const Backup = z.strictObject({
  records: z
    .enum(['all', 'failed'])
    .default('all')
    .describe('Copy all incoming records to the bucket, or only those that failed.'),
  prefix: z
    .string()
    .max(1024)
    .regex(PREFIX, 'must not have characters that are unsafe in S3 keys')
    .default('')
    .describe('Prefix of the copies’ keys; the date follows it.'),
  errorPrefix: z
    .string()
    .max(1024)
    .regex(PREFIX, 'must not have characters that are unsafe in S3 keys')
    .optional()
    .describe(
      'Prefix of failed records’ keys; must contain `!{firehose:error-output-type}`. Required if `prefix` has an expression.',
    ),
  compression: z
    .enum(['UNCOMPRESSED', 'GZIP', 'ZIP', 'Snappy', 'HADOOP_SNAPPY'])
    .default('UNCOMPRESSED')
    .describe('Compression of the objects.'),
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be a bucket name')
    .optional()
    .describe('An existing bucket, which is not changed; by default one is created.'),
  keepDays: z.int().min(1).max(3650).default(30).describe('Days after which objects in the new bucket are deleted.'),
  versioning: z
    .boolean()
    .default(false)
    .describe('Keep overwritten and deleted objects in the new bucket as versions.'),
});

const Transform = z.strictObject({
  functionName: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, hyphens or underscores')
    .default('apache_ETL')
    .describe('Name of the Lambda function.'),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(300)
    .default(60)
    .describe('Time-out of one call; Firehose waits 5 minutes at most.'),
  memoryMB: z
    .int()
    .min(128)
    .max(10_240)
    .default(256)
    .describe('Memory of the function; its share of the processor grows with it.'),
  bufferMegabytes: z
    .number()
    .min(0.2)
    .max(
      3,
      'must be at most 3: more than that, as base64 in JSON, would exceed the 6 MB that Lambda accepts in one call',
    )
    .default(TRANSFORM_BUFFER_BYTES / 1024 ** 2)
    .describe('Most records that one call gets, in MB.'),
  bufferSeconds: z
    .int()
    .min(0)
    .max(900)
    .default(60)
    .describe('How long Firehose collects records for a call, in seconds.'),
  retries: z
    .int()
    .min(0)
    .max(300)
    .default(TRANSFORM_ATTEMPTS - 1)
    .describe('How often Firehose repeats a call that failed.'),
  roleArn: RoleArn.optional().describe(
    'An existing role for the function; by default one is created that may only write the log.',
  ),
  siteHosts: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'The site’s host names, if its log does not contain them. Referers on these hosts become steps of a visitor’s trail.',
    ),
});

export const StreamSettings = z.strictObject({
  name: z
    .string()
    .regex(STREAM_NAME, `must be 1 to ${MAX_STREAM_NAME_LENGTH} letters, digits, hyphens, underscores or dots`)
    .default('webserver_stream')
    .describe('Name of the delivery stream.'),
  source: Source.default({ kind: 'direct' }),
  index: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'must begin with a lower-case letter or digit and have no capitals')
    .default('apache')
    .describe('Index that the events are written to.'),
  rotation: z
    .enum(['none', 'hour', 'day', 'week', 'month'])
    .default('none')
    .describe('How often a new index begins (UTC).'),
  typeName: z
    .string()
    .min(1)
    .optional()
    .describe('Type name of the documents: required up to Elasticsearch 6, not allowed from 7 on.'),
  documentIds: z
    .enum(['stable', 'none'])
    .default('stable')
    .describe(
      '`stable`: Firehose assigns ids, so that its retries make no duplicates. `none`: the domain assigns them. OpenSearch only.',
    ),
  buffer: Buffer.prefault({}),
  retrySeconds: z
    .int()
    .min(0)
    .max(7200)
    .default(DEFAULT_RETRY_SECONDS)
    .describe('How many seconds Firehose retries a delivery before it saves the records as failed.'),
  backup: Backup.prefault({}),
  transform: Transform.prefault({}),
  encryptAtRest: z
    .boolean()
    .default(true)
    .describe('Encrypt records while Firehose holds them. If a data stream is the source, that encrypts them.'),
  roleArn: RoleArn.optional().describe(
    'An existing role for Firehose; by default one is created with just the rights that it needs.',
  ),
  logDays: LogDays.describe('Days to keep the logs of the stream and the function.'),
});
export type StreamSettings = z.output<typeof StreamSettings>;

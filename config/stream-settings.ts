import { z } from 'zod';
import { LogDays, RoleArn } from './aws-values';

const Source = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('direct').describe('Producers put records straight to the delivery stream.') }),
    z.strictObject({
      kind: z.literal('kinesis').describe('Records come through a Kinesis data stream.'),
      streamArn: z
        .string()
        .regex(/^arn:aws[a-z-]*:kinesis:[a-z0-9-]+:\d{12}:stream\/.+$/, 'is no ARN of a Kinesis data stream')
        .optional()
        .describe('An existing data stream; without it one is made, named as the delivery stream.'),
      retentionHours: z.int().min(24).max(8760).default(24).describe('How long the new data stream keeps records.'),
    }),
  ])
  .describe('Where the delivery stream takes its records from.');

const megabytes = (fallback: number) => z.int().min(1).max(100).default(fallback);

const Buffer = z
  .strictObject({
    megabytes: megabytes(5).describe('Deliver when this much has come, in MB …'),
    seconds: z.int().min(0).max(900).default(300).describe('… or after this time, whichever is first.'),
  })
  .describe('What is collected before it is delivered to the domain and copied to the bucket.');

const PREFIX = /^[\w!.*'()/=:{}-]*$/;

const Backup = z.strictObject({
  records: z
    .enum(['all', 'failed'])
    .default('all')
    .describe('Copy all incoming records to the bucket, or only those that failed.'),
  prefix: z
    .string()
    .max(1024)
    .regex(PREFIX, 'has a character that S3 keys should not have')
    .default('')
    .describe('Of the keys; the date follows it.'),
  errorPrefix: z
    .string()
    .max(1024)
    .regex(PREFIX, 'has a character that S3 keys should not have')
    .optional()
    .describe(
      'Of the keys of failed records; must hold `!{firehose:error-output-type}`. Needed if `prefix` has an expression.',
    ),
  compression: z
    .enum(['UNCOMPRESSED', 'GZIP', 'ZIP', 'Snappy', 'HADOOP_SNAPPY'])
    .default('UNCOMPRESSED')
    .describe('Of the objects.'),
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is no bucket name')
    .optional()
    .describe('An existing bucket, left as it is; without it one is made.'),
  keepDays: z.int().min(1).max(3650).default(30).describe('Days after which objects of the new bucket are deleted.'),
  versioning: z
    .boolean()
    .default(false)
    .describe('Keep overwritten and deleted objects of the new bucket as versions.'),
});

const Transform = z.strictObject({
  functionName: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, hyphens or underscores')
    .default('apache_ETL')
    .describe('Name of the Lambda function.'),
  timeoutSeconds: z.int().min(1).max(300).default(60).describe('Of one call; Firehose waits 5 minutes at most.'),
  memoryMB: z
    .int()
    .min(128)
    .max(10_240)
    .default(256)
    .describe('Of the function; its share of the processor grows with it.'),
  bufferMegabytes: z
    .number()
    .min(0.2)
    .max(3, 'must be at most 3: more, as base64 in JSON, would pass the 6 MB that Lambda takes in one call')
    .default(0.5)
    .describe('Records a call gets at most, in MB.'),
  bufferSeconds: z.int().min(0).max(900).default(60).describe('How long Firehose collects records for a call.'),
  retries: z.int().min(0).max(300).default(3).describe('Calls after a first one that failed.'),
  roleArn: RoleArn.optional().describe(
    'An existing role for the function; without it one is made that may write its log.',
  ),
  siteHosts: z
    .array(z.string().min(1))
    .default([])
    .describe('The site’s own hosts, where its log does not name them: makes referers steps of the visitor’s trail.'),
});

export const StreamSettings = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, hyphens, underscores or dots')
    .default('webserver_stream')
    .describe('Name of the delivery stream.'),
  source: Source.default({ kind: 'direct' }),
  index: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'must begin with a small letter or digit and hold no capitals')
    .default('apache')
    .describe('Index of the events.'),
  rotation: z
    .enum(['none', 'hour', 'day', 'week', 'month'])
    .default('none')
    .describe('A new index each hour, day, week or month (UTC).'),
  typeName: z
    .string()
    .min(1)
    .optional()
    .describe('Of the documents: required up to Elasticsearch 6, absent from 7 on.'),
  documentIds: z
    .enum(['stable', 'none'])
    .default('stable')
    .describe(
      '`stable`: Firehose gives each record an id, so that its own retries make no duplicates. `none`: the domain gives ids. OpenSearch only.',
    ),
  buffer: Buffer.prefault({}),
  retrySeconds: z
    .int()
    .min(0)
    .max(7200)
    .default(300)
    .describe('How long Firehose tries to deliver before it puts records aside as failed.'),
  backup: Backup.prefault({}),
  transform: Transform.prefault({}),
  encryptAtRest: z
    .boolean()
    .default(true)
    .describe('Encrypt records while Firehose holds them. A data stream as source encrypts its own.'),
  roleArn: RoleArn.optional().describe(
    'An existing role for Firehose; without it one is made with just enough rights.',
  ),
  logDays: LogDays.describe('Days that the logs of the stream and of the function are kept.'),
});
export type StreamSettings = z.output<typeof StreamSettings>;

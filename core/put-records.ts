/** One PutRecordBatch call to a Firehose delivery stream, and what its answer means. See record-sender.ts for what is sent again. */
import { isNativeError } from 'node:util/types';
import type { PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { reasonOf, ToolkitError } from './errors';
import { type RecordSource, SOURCES_HEADER } from './record-source';

export interface RecordPutterProps {
  readonly stream: string;
  /** An endpoint to use instead of AWS’s. */
  readonly endpoint?: URL | undefined;
  /** @default what the AWS SDK finds: AWS_REGION, or the profile's */
  readonly region?: string | undefined;
}

export interface PutResult {
  /** The indexes of the records that were not accepted, in ascending order. */
  readonly failed: readonly number[];
  /** Why the first of them failed: `ServiceUnavailableException`; empty if none did. */
  readonly why: string;
  /** `uncertain`: there was no answer, so the records may have been accepted all the same. */
  readonly sense: 'accepted' | 'refused' | 'uncertain';
}

export interface PutOptions {
  readonly signal?: AbortSignal | undefined;
  /** Where the records come from; only for a stream of ours. */
  readonly sources?: readonly RecordSource[] | undefined;
}

export interface RecordPutter {
  /**
   * One PutRecordBatch: 500 records and 4 MiB at most.
   *
   * @throws ToolkitError FIREHOSE_REFUSED if no further attempt can help.
   */
  put(records: readonly Uint8Array[], options?: PutOptions): Promise<PutResult>;
  close(): void;
}

/**
 * Loads the AWS SDK, which takes a moment, and looks for a region and credentials; nothing is sent.
 *
 * @throws ToolkitError FIREHOSE_REFUSED if there are none.
 */
export async function openRecordPutter(props: RecordPutterProps): Promise<RecordPutter> {
  const { stream, endpoint, region } = props;
  const { FirehoseClient, PutRecordBatchCommand } = await import('@aws-sdk/client-firehose');
  const isLocal = endpoint !== undefined && isLoopback(endpoint);
  const client = new FirehoseClient({
    ...(endpoint !== undefined && { endpoint: endpoint.href }),
    ...(region !== undefined && { region }),
    // A local endpoint must neither see the user's keys nor ask for any.
    ...(isLocal && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
    ...(isLocal && region === undefined && { region: 'us-east-1' }),
    // The caller retries, with only what failed.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  });
  try {
    await client.config.region();
    await client.config.credentials();
  } catch (error) {
    client.destroy();
    throw toRefusal(error, props);
  }

  return {
    async put(records, { signal, sources } = {}) {
      const command = new PutRecordBatchCommand({
        DeliveryStreamName: stream,
        Records: records.map((Data) => ({ Data })),
      });
      if (sources !== undefined) addHeader(command, SOURCES_HEADER, toHeader(sources));
      const all = records.map((_, place) => place);
      try {
        const reply = await client.send(command, signal && { abortSignal: signal });
        const answers = reply.RequestResponses ?? [];
        if (answers.length !== records.length) {
          return {
            failed: all,
            why: `a reply about ${answers.length} of ${records.length} records`,
            sense: 'uncertain',
          };
        }
        if (reply.FailedPutCount === 0) return { failed: [], why: '', sense: 'accepted' };
        const failed = all.filter((place) => answers[place]?.RecordId === undefined);
        return { failed, why: answers[failed[0] ?? 0]?.ErrorCode ?? 'no reason given', sense: 'refused' };
      } catch (error) {
        if (isFinal(error)) throw toRefusal(error, props);
        return { failed: all, why: whyOf(error), sense: wasRefused(error) ? 'refused' : 'uncertain' };
      }
    },
    close: () => client.destroy(),
  };
}

function addHeader(command: PutRecordBatchCommand, name: string, value: string): void {
  command.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers[name] = value;
      return next(args);
    },
    { step: 'build' },
  );
}

function toHeader(sources: readonly RecordSource[]): string {
  return Buffer.from(JSON.stringify(sources)).toString('base64url');
}

const THROTTLED = /Throttl|LimitExceeded|TooManyRequests|SlowDown|ServiceUnavailable/;
const NO_CREDENTIALS = /^(?:CredentialsProviderError|TokenProviderError)$/;

/** No attempt will ever succeed: the request is wrong or not allowed. */
function isFinal(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  if (NO_CREDENTIALS.test(error.name)) return true;
  const status = statusOf(error);
  if (status === undefined || status < 400 || status >= 500) return false;
  return status !== 408 && status !== 429 && !THROTTLED.test(error.name) && error.name !== 'RequestTimeout';
}

/** Whether it is certain that no record of the call was accepted: the stream said so, or could not be reached. */
function wasRefused(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  if (THROTTLED.test(error.name)) return true;
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(String((error as NodeJS.ErrnoException).code));
}

function statusOf(error: Error): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

function whyOf(error: unknown): string {
  return isNativeError(error) && statusOf(error) !== undefined ? error.name : reasonOf(error);
}

function toRefusal(error: unknown, { stream, endpoint, region }: RecordPutterProps): ToolkitError {
  const name = isNativeError(error) ? error.name : 'Error';
  const where = endpoint?.origin ?? (region === undefined ? 'the region that is set' : `region ${region}`);
  const [message, hint] = REFUSALS.find(([pattern]) => pattern.test(`${name}: ${reasonOf(error)}`))?.[1](
    stream,
    where,
  ) ?? [
    `Delivery stream ${stream} at ${where} refuses records: ${name}: ${reasonOf(error)}.`,
    'Check the stream’s name, the endpoint, the region and the credentials.',
  ];
  return new ToolkitError('FIREHOSE_REFUSED', message, hint, { cause: error });
}

type Sentence = (stream: string, where: string) => readonly [message: string, hint: string];

const REFUSALS: readonly (readonly [RegExp, Sentence])[] = [
  [
    /^ResourceNotFoundException/,
    (stream, where) => [
      `There is no delivery stream ${stream} at ${where}.`,
      'Check its name and the region; `aws firehose list-delivery-streams` lists the streams.',
    ],
  ],
  [/Region is missing/, () => ['No AWS region is set.', 'Set one: --region us-east-1, or AWS_REGION.']],
  [
    /expired/i,
    () => [
      'The AWS credentials have expired.',
      'Get new ones (`aws sso login`, or however you sign in), then run again.',
    ],
  ],
  [
    /^(?:CredentialsProviderError|TokenProviderError)/,
    () => [
      'No AWS credentials were found.',
      'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; `aws sts get-caller-identity` shows whose they are.',
    ],
  ],
  [
    /^(?:UnrecognizedClientException|InvalidSignatureException|InvalidClientTokenId|IncompleteSignature)/,
    () => [
      'AWS does not know these credentials.',
      '`aws sts get-caller-identity` shows whether they are valid; set AWS_PROFILE, or new keys.',
    ],
  ],
  [
    /^AccessDenied/,
    (stream) => [
      `These AWS credentials may not put records into delivery stream ${stream}.`,
      'Allow firehose:PutRecordBatch on it.',
    ],
  ],
];

/** Whether a server at this address is on this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

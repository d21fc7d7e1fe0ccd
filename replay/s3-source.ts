/** The failed objects of an S3 bucket. */
import { isNativeError } from 'node:util/types';
import type { S3 } from '@aws-sdk/client-s3';
import { isAwsRefusal, localCredentials, silenceSdk, toAwsFault } from '../core/aws-fault';
import { ToolkitError } from '../core/errors';
import { retry } from '../core/retry';
import type { Source, SourceObject } from './source';

export interface S3Place {
  readonly bucket: string;
  /** What the keys begin with; may be empty. */
  readonly prefix: string;
  /** An S3-compatible server to use instead of AWS's. */
  readonly endpoint?: URL | undefined;
  /** @default what the AWS SDK finds */
  readonly region?: string | undefined;
}

/** `s3://bucket/prefix`; undefined for anything else. S3's addresses are not percent-encoded. */
export function parseS3Address(text: string): Pick<S3Place, 'bucket' | 'prefix'> | undefined {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/is.exec(text) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix };
}

export function openS3Source(place: S3Place): Source {
  const { bucket, prefix } = place;
  const name = `s3://${bucket}/${prefix}`;
  return {
    place: name,
    async *objects() {
      const s3 = await openClient(place);
      try {
        for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
          const page = await s3
            .listObjectsV2({ Bucket: bucket, Prefix: prefix, ContinuationToken: token })
            .catch((error) => Promise.reject(toFault(error, name)));
          for (const { Key, Size = 0, ETag = '' } of page.Contents ?? []) {
            // A key that ends with a slash is a folder that the console made.
            if (Key === undefined || Size === 0) continue;
            const object = { bucket, key: Key, bytes: Size, etag: ETag };
            const location = `s3://${bucket}/${Key}`;
            yield {
              key: Key,
              location,
              version: `${Size}-${ETag}`,
              read: () => readObject(s3, object),
            } satisfies SourceObject;
          }
          token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
        }
      } finally {
        s3.destroy();
      }
    },
  };
}

async function openClient({ endpoint, region }: S3Place): Promise<S3> {
  silenceSdk();
  const { S3 } = await import('@aws-sdk/client-s3');
  return new S3({
    followRegionRedirects: true,
    // An emulator need not know checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint !== undefined && { endpoint: endpoint.href, forcePathStyle: true, ...localCredentials(endpoint) }),
    ...(region !== undefined && { region }),
  });
}

interface ListedObject {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
}

/** Attempts to go on where a connection broke; the count starts again with each byte that arrives. */
const ATTEMPTS = 5;

/** Reads an object, and goes on where a broken connection ended. @throws the last error, or that the object was replaced meanwhile. */
async function* readObject(s3: S3, { bucket, key, bytes, etag }: ListedObject): AsyncGenerator<Buffer> {
  let at = 0;
  for (;;) {
    const from = at;
    const range = from === 0 ? {} : { Range: `bytes=${from}-` };
    const { Body } = await retry(() => s3.getObject({ Bucket: bucket, Key: key, IfMatch: etag, ...range }), {
      attempts: ATTEMPTS,
      again: (outcome) => 'error' in outcome && !isAwsRefusal(outcome.error),
    });
    try {
      for await (const chunk of Body as AsyncIterable<Buffer>) {
        at += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if (at === from) throw error;
    }
    if (at >= bytes) return;
    if (at === from) throw new Error(`S3 sent ${at} of ${bytes} bytes`);
  }
}

function toFault(error: unknown, place: string): ToolkitError {
  if (isNativeError(error) && /Region is missing/.test(error.message)) {
    return new ToolkitError(
      'REPLAY_SOURCE_UNREADABLE',
      'No AWS region is set.',
      'Set AWS_REGION to the bucket’s region.',
      {
        cause: error,
      },
    );
  }
  const refused = (reason: string) =>
    new ToolkitError(
      'REPLAY_SOURCE_UNREADABLE',
      `${place} cannot be listed: ${isNativeError(error) ? `${error.name}: ` : ''}${reason}.`,
      'Check the bucket’s name, and that your credentials may list and get its objects (s3:ListBucket, s3:GetObject).',
      { cause: error },
    );
  return toAwsFault(error, refused, 'Check this machine’s network, and AWS_ENDPOINT_URL_S3 if it is set.');
}

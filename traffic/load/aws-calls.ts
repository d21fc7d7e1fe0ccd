/** The clients of ECS and S3 for a load run. They take half a second to load, so nothing else that `traffic` does loads them. */
import type { ECS } from '@aws-sdk/client-ecs';
import { isAwsRefusal, localCredentials, silenceSdk, toAwsFault } from '../../core/aws-fault';
import { ToolkitError } from '../../core/errors';

export interface AwsPlace {
  readonly url: URL;
  readonly region: string;
}

/** One failed call must not end a run of an hour: the SDK retries for some 6 s. */
const ATTEMPTS = 8;

export async function openEcs({ url, region }: AwsPlace): Promise<ECS> {
  silenceSdk();
  const { ECS } = await import('@aws-sdk/client-ecs');
  return new ECS({ endpoint: url.origin, region, maxAttempts: ATTEMPTS, ...localCredentials(url) });
}

/** The folder of one run in the bucket. */
export interface RunFolder {
  /** @throws ToolkitError as `awsReply` */
  write(name: string, body: Uint8Array): Promise<void>;
  /**
   * @returns undefined if S3 refuses: only callers that may list the bucket are told that an object does not exist.
   * @throws ToolkitError as `awsReply`, where S3 does not answer
   */
  read(name: string): Promise<string | undefined>;
}

/** @param url of the folder, path-style: `https://s3.<region>.amazonaws.com/<bucket>/<folder>` */
export async function openRunFolder({ url, region }: AwsPlace): Promise<RunFolder> {
  silenceSdk();
  const { S3 } = await import('@aws-sdk/client-s3');
  const [bucket = '', ...folder] = url.pathname.slice(1).split('/');
  const s3 = new S3({
    endpoint: url.origin,
    region,
    forcePathStyle: true,
    maxAttempts: ATTEMPTS,
    // An emulator need not know checksums; the body's hash is signed all the same.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...localCredentials(url),
  });
  const toObject = (name: string) => ({ Bucket: bucket, Key: [...folder, name].join('/') });
  return {
    async write(name, body) {
      await awsReply(`S3 refuses ${url}/${name}`, s3.putObject({ ...toObject(name), Body: body }));
    },
    async read(name) {
      try {
        const { Body } = await s3.getObject(toObject(name));
        return await Body?.transformToString();
      } catch (error) {
        if (isAwsRefusal(error)) return undefined;
        throw toFault(`S3 refuses ${url}/${name}`, error);
      }
    },
  };
}

/**
 * Waits for a reply of AWS.
 *
 * @param refused how the message begins where AWS answers with an error.
 * @throws ToolkitError LOAD_REFUSED, CREDENTIALS_UNUSABLE or SERVER_UNREACHABLE
 */
export async function awsReply<T>(refused: string, reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (error) {
    throw toFault(refused, error);
  }
}

function toFault(refused: string, error: unknown): ToolkitError {
  const toRefusal = (reason: string) =>
    new ToolkitError(
      'LOAD_REFUSED',
      `${refused}: ${reason}.`,
      'Check whose credentials these are (`aws sts get-caller-identity`), and their rights: docs/load.md lists those that are needed.',
      { cause: error },
    );
  return toAwsFault(error, toRefusal, 'Check this machine’s network, and the addresses in the outputs file.');
}

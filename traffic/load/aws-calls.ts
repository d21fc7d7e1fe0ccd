/** The clients of ECS and S3 for a load run. They take half a second to load, so nothing else that `traffic` does loads them. */
import { isNativeError } from 'node:util/types';
import type { ECS } from '@aws-sdk/client-ecs';
import { reasonOf, ToolkitError } from '../../core/errors';
import { isLoopback } from '../../core/put-records';

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
        if (isRefusal(error)) return undefined;
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

/** The SDK's notice about the Node versions that it will need concerns this project, not the user. */
function silenceSdk(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}

/** An emulator on this machine must never see the user's own keys, nor need any. */
function localCredentials(url: URL) {
  return isLoopback(url) ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } : {};
}

/** Whether AWS answered, with an error. */
function isRefusal(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== undefined;
}

function toFault(refused: string, error: unknown): ToolkitError {
  const options = { cause: error };
  const reason = reasonOf(error);
  if (isRefusal(error)) {
    return new ToolkitError(
      'LOAD_REFUSED',
      `${refused}: ${reason}.`,
      'Check whose credentials these are (`aws sts get-caller-identity`), and their rights: docs/load.md lists those that are needed.',
      options,
    );
  }
  if (isNativeError(error) && error.name === 'CredentialsProviderError') {
    return new ToolkitError(
      'CREDENTIALS_UNUSABLE',
      `There are no AWS credentials to sign with: ${reason}.`,
      'Sign in (`aws sso login`), or set AWS_PROFILE or the AWS_ACCESS_KEY_ID family, then run it again.',
      options,
    );
  }
  return new ToolkitError(
    'SERVER_UNREACHABLE',
    `AWS cannot be reached: ${reason}.`,
    'Check this machine’s network, and the addresses in the outputs file.',
    options,
  );
}

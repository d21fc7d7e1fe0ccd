/** Checks what a deploy needs and a build machine may lack, before anything is created. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isNativeError } from 'node:util/types';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { errnoOf, reasonOf, ToolkitError } from '../../core/errors';

export interface Caller {
  readonly account: string;
  /** ARN of the role or user whose credentials were found. */
  readonly arn: string;
}

/** The first version that can lock a state in S3 without a DynamoDB table. */
const TERRAFORM_AT_LEAST = [1, 10] as const;
const ANSWER_SECONDS = 20;
const EXPIRED = /expired/i;
const REFUSED = ['InvalidClientTokenId', 'SignatureDoesNotMatch', 'UnrecognizedClientException', 'AccessDenied'];

/** @throws ToolkitError TERRAFORM_MISSING, TERRAFORM_TOO_OLD */
export async function checkTerraform(program: string): Promise<void> {
  const version = await versionOf(program);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = TERRAFORM_AT_LEAST;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new ToolkitError(
    'TERRAFORM_TOO_OLD',
    `Terraform is version ${version}, but this needs ${wantedMajor}.${wantedMinor} or newer.`,
    'Update it: https://developer.hashicorp.com/terraform/install',
  );
}

/**
 * Asks AWS whose credentials these are, with the cheapest call that needs them and that every identity may make.
 *
 * @throws ToolkitError CREDENTIALS_MISSING, SESSION_EXPIRED, CREDENTIALS_REFUSED, AWS_UNREACHABLE
 */
export async function checkCredentials(region: string): Promise<Caller> {
  const client = new STSClient({ region, maxAttempts: 2 });
  try {
    const abortSignal = AbortSignal.timeout(ANSWER_SECONDS * 1000);
    const { Account: account = '', Arn: arn = '' } = await client.send(new GetCallerIdentityCommand({}), {
      abortSignal,
    });
    return { account, arn };
  } catch (error) {
    throw credentialsError(error, region);
  } finally {
    client.destroy();
  }
}

export function sessionExpired(cause?: unknown): ToolkitError {
  return new ToolkitError(
    'SESSION_EXPIRED',
    'The session of the AWS credentials has expired.',
    'Sign in again (aws sso login, or new keys in the environment), then run this again.',
    { cause },
  );
}

async function versionOf(program: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, ['version', '-json'], { timeout: ANSWER_SECONDS * 1000 });
    return String(JSON.parse(stdout).terraform_version);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') {
      throw new ToolkitError('TERRAFORM_MISSING', `${program} does not run: ${reasonOf(error)}.`, INSTALL, {
        cause: error,
      });
    }
    throw new ToolkitError('TERRAFORM_MISSING', `There is no program ${program} on the PATH.`, INSTALL, {
      cause: error,
    });
  }
}

const INSTALL = 'Install Terraform: https://developer.hashicorp.com/terraform/install';

function credentialsError(error: unknown, region: string): ToolkitError {
  const name = isNativeError(error) ? error.name : '';
  const why = reasonOf(error);
  if (EXPIRED.test(name) || EXPIRED.test(why)) return sessionExpired(error);
  if (name === 'CredentialsProviderError') {
    return new ToolkitError(
      'CREDENTIALS_MISSING',
      'No AWS credentials were found.',
      'Sign in (aws sso login, with AWS_PROFILE), set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the pipeline a role.',
      { cause: error },
    );
  }
  if (REFUSED.includes(name)) {
    return new ToolkitError(
      'CREDENTIALS_REFUSED',
      `AWS does not know these credentials: ${why}`,
      'Check the key, its secret and AWS_PROFILE. A deleted key causes the same error.',
      { cause: error },
    );
  }
  return new ToolkitError(
    'AWS_UNREACHABLE',
    `AWS (sts in ${region}) does not answer: ${why}.`,
    'Check the network, HTTPS_PROXY and AWS_REGION.',
    { cause: error },
  );
}

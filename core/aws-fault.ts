/** What the AWS SDK's errors mean, and how its clients are kept from a local emulator's business. */
import { isNativeError } from 'node:util/types';
import { reasonOf, ToolkitError } from './errors';
import { isLoopback } from './put-records';

/** The SDK's notice about the Node versions that it will need concerns this project, not the user. */
export function silenceSdk(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}

/** An emulator on this machine must never see the user's own keys, nor need any. */
export function localCredentials(url: URL) {
  return isLoopback(url) ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } : {};
}

/** Whether AWS answered, with an error. */
export function isAwsRefusal(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== undefined;
}

/**
 * Explains why a call failed.
 *
 * @param refused makes the error where AWS has answered with one.
 * @param hint what to do where AWS cannot be reached.
 * @returns what `refused` makes, or CREDENTIALS_UNUSABLE or SERVER_UNREACHABLE
 */
export function toAwsFault(error: unknown, refused: (reason: string) => ToolkitError, hint: string): ToolkitError {
  const reason = reasonOf(error);
  if (isAwsRefusal(error)) return refused(reason);
  if (isNativeError(error) && error.name === 'CredentialsProviderError') {
    return new ToolkitError(
      'CREDENTIALS_UNUSABLE',
      `There are no AWS credentials to sign with: ${reason}.`,
      'Sign in (`aws sso login`), or set AWS_PROFILE or the AWS_ACCESS_KEY_ID family, then run it again.',
      { cause: error },
    );
  }
  return new ToolkitError('SERVER_UNREACHABLE', `AWS cannot be reached: ${reason}.`, hint, { cause: error });
}

/** AWS Signature Version 4, for a domain whose access policy names roles and users. */
import { createHash } from 'node:crypto';
import { reasonOf, ToolkitError } from './errors';
import type { Authorize, SigV4 } from './http-auth';

/** Signs each request with credentials that are renewed when they expire. The first request loads the signer and the SDK’s credentials chain. */
export function createAwsSigner({ region, service, credentials }: SigV4): Authorize {
  let loaded: ReturnType<typeof load> | undefined;
  /** The day's signing key, which aws4fetch derives in four steps. */
  const cache = new Map<string, ArrayBuffer>();

  async function load() {
    const { AwsV4Signer } = await import('aws4fetch');
    if (credentials !== undefined) return { AwsV4Signer, provide: credentials };
    const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
    return { AwsV4Signer, provide: defaultProvider() };
  }

  return async ({ method, url, headers, body = new Uint8Array() }) => {
    loaded ??= load();
    try {
      const { AwsV4Signer, provide } = await loaded;
      const { accessKeyId, secretAccessKey, sessionToken } = await provide();
      const signer = new AwsV4Signer({
        ...{ method, region, service, cache, accessKeyId, secretAccessKey },
        ...(sessionToken === undefined ? {} : { sessionToken }),
        url: url.href,
        // `aoss` refuses a request without the body's hash.
        headers: { ...headers, 'x-amz-content-sha256': createHash('sha256').update(body).digest('hex') },
        // By default `content-type` would not be signed, which AWS asks for.
        allHeaders: true,
      });
      return Object.fromEntries((await signer.sign()).headers);
    } catch (error) {
      throw new ToolkitError(
        'CREDENTIALS_UNUSABLE',
        `No AWS credentials to sign with: ${reasonOf(error)}.`,
        'Sign in (`aws sso login`), or set AWS_PROFILE or the AWS_ACCESS_KEY_ID family, then run it again.',
        { cause: error },
      );
    }
  };
}

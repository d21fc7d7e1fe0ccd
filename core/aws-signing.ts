/** AWS Signature Version 4, for a domain whose access policy names roles and users. */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { HttpRequest } from '@smithy/types';
import { reasonOf, ToolkitError } from './errors';
import type { Authorize, SigV4, UnsignedRequest } from './http-auth';

/** Signs each request with credentials that are renewed when they run out. The SDK is loaded at the first. */
export function createAwsSigner({ region, service, credentials }: SigV4): Authorize {
  let signer: ReturnType<typeof loadSigner> | undefined;

  async function loadSigner() {
    const [{ SignatureV4 }, { defaultProvider }] = await Promise.all([
      import('@smithy/signature-v4'),
      import('@aws-sdk/credential-provider-node'),
    ]);
    return new SignatureV4({ region, service, sha256: Sha256, credentials: credentials ?? defaultProvider() });
  }

  return async (request) => {
    signer ??= loadSigner();
    try {
      const { headers } = await (await signer).sign(toHttpRequest(request));
      // fetch writes `host` by itself, and the same.
      const { host: _, ...others } = headers;
      return others;
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

function toHttpRequest({ method, url, headers, body }: UnsignedRequest): HttpRequest {
  const query: Record<string, string[]> = {};
  for (const [name, value] of url.searchParams) {
    query[name] ??= [];
    query[name].push(value);
  }
  return {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query,
    headers: { ...headers, host: url.host },
    ...(body === undefined ? {} : { body }),
  };
}

/** Node's own hash in the shape that the signer asks for. */
class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBytes(secret));
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(toBytes(chunk));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

function toBytes(chunk: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  return ArrayBuffer.isView(chunk) ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.from(chunk);
}

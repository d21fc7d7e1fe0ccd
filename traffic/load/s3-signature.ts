/**
 * AWS Signature Version 4 for one object of S3, and no more than that: what a load task starts with is part of its task definition,
 * which takes 64 KiB, and the SDK's signer alone has 142.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import { createHash, createHmac } from 'node:crypto';

export interface TaskCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token?: string | undefined;
}

export interface ObjectRequest {
  readonly method: 'GET' | 'PUT';
  /** Without a query, and with nothing in its path that needs encoding. */
  readonly url: URL;
  readonly region: string;
  readonly body?: Uint8Array | undefined;
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/** The headers that prove who asks; `fetch` writes `host` by itself, and the same. */
export function signObjectRequest(
  { method, url, region, body }: ObjectRequest,
  { AccessKeyId, SecretAccessKey, Token }: TaskCredentials,
  now: Date,
): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [time.slice(0, 8), region, 's3', 'aws4_request'];
  const signed = {
    host: url.host,
    'x-amz-content-sha256': sha256(body ?? ''),
    'x-amz-date': time,
    ...(Token === undefined ? {} : { 'x-amz-security-token': Token }),
  };
  const names = Object.keys(signed).join(';');
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
  const request = [method, url.pathname, '', lines.join(''), names, signed['x-amz-content-sha256']].join('\n');
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${SecretAccessKey}`);
  const signature = hmac(key as Buffer, ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(request)].join('\n'));
  const { host: _, ...headers } = signed;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${AccessKeyId}/${scope.join('/')}, SignedHeaders=${names}, Signature=${signature.toString('hex')}`,
  };
}

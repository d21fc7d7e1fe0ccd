import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { createAwsSigner } from '../../core/aws-signing';

beforeEach(() =>
  jest.useFakeTimers({ now: Date.UTC(2013, 4, 24), doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] }),
);
afterEach(() => jest.useRealTimers());

describe('the examples of Amazon’s documentation', () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
  const credentials = async () => ({
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  });
  const sign = createAwsSigner({ region: 'us-east-1', service: 's3', credentials });

  it.each<[string, string, Record<string, string>, string, string]>([
    [
      'GET',
      '/test.txt',
      { range: 'bytes=0-9' },
      '',
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ],
    [
      'PUT',
      '/test$file.text',
      { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      'Welcome to Amazon S3.',
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    ],
    ['GET', '/?lifecycle', {}, '', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
    ['GET', '/?max-keys=2&prefix=J', {}, '', '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
  ])('%s %s', async (method, path, headers, body, signature) => {
    const url = new URL(`https://examplebucket.s3.amazonaws.com${path}`);

    const signed = await sign({ method, url, headers, body: Buffer.from(body) });

    const names = ['host', ...Object.keys(headers), 'x-amz-content-sha256', 'x-amz-date'].sort().join(';');
    expect(signed['authorization']).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=${names}, Signature=${signature}`,
    );
  });
});

describe('any request', () => {
  const encoded = (text: string) => encodeURIComponent(text);
  const aText = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.constantFrom("it's *", 'a b+c&d=e', '~-._', '%2F', '(é)!'),
  );
  const aRequest = fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE'),
    path: fc.array(aText, { maxLength: 4 }).map((parts) => `/${parts.map(encoded).join('/')}`),
    // The SDK's signer loses a parameter of that name, since it copies them into an object.
    query: fc.dictionary(
      aText.filter((name) => name !== '__proto__'),
      aText,
      { maxKeys: 4, noNullPrototype: true },
    ),
    headers: fc.constantFrom<Record<string, string>>(
      {},
      { 'content-type': 'application/x-ndjson', accept: 'application/json' },
      { 'kbn-xsrf': 'x', cookie: 'a=b;  c=d' },
    ),
    body: fc.option(fc.uint8Array(), { nil: undefined }),
    service: fc.constantFrom('es', 'aoss', 'ecs'),
    sessionToken: fc.option(fc.constant('FwoGZXIvYXdzE+/='), { nil: undefined }),
  });

  it('is signed as the signer of AWS’s own SDK signs it', async () => {
    await fc.assert(
      fc.asyncProperty(aRequest, async ({ method, path, query, headers, body, service, sessionToken }) => {
        const url = new URL(`https://search-x.eu-west-1.es.amazonaws.com${path}`);
        url.search = Object.entries(query)
          .map((pair) => pair.map(encoded).join('='))
          .join('&');
        const identity = { accessKeyId: 'AKID', secretAccessKey: 'secret', ...(sessionToken && { sessionToken }) };
        const credentials = async () => identity;
        const aws = new SignatureV4({ region: 'eu-west-1', service, sha256: Sha256, credentials });

        const signed = await createAwsSigner({ region: 'eu-west-1', service, credentials })({
          ...{ method, url, headers, body },
        });

        const { host: _, ...expected } = (
          await aws.sign({
            ...{ method, query, headers: { ...headers, host: url.host } },
            ...{ protocol: 'https:', hostname: url.hostname, path: url.pathname },
            ...(body === undefined ? {} : { body }),
          })
        ).headers;
        expect(signed).toEqual(expected);
      }),
    );
  });
});

/** Node's own hash in the shape that the SDK's signer asks for. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBytes(secret));
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(toBytes(chunk));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function toBytes(chunk: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  return ArrayBuffer.isView(chunk) ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.from(chunk);
}

/** S3 as far as a reader needs it, path-style: ListObjectsV2 in pages, and GetObject with ranges and If-Match. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface S3Double {
  readonly url: string;
  readonly objects: Map<string, Buffer>;
  /** `GET /bucket/key bytes=7-`, of all requests for objects. */
  readonly gets: string[];
  /** Breaks the next connections for this key after so many bytes, one each. */
  readonly breaks: Map<string, number[]>;
  /** Keys that nobody may read. */
  readonly denied: Set<string>;
  close(): Promise<void>;
}

const PAGE = 3;
const BUCKET = 'clicks';

const escapeXml = (text: string) => text.replace(/[<>&]/g, (char) => `&#${char.charCodeAt(0)};`);
const etagOf = (body: Buffer) => `"${createHash('md5').update(body).digest('hex')}"`;

export async function startS3(): Promise<S3Double> {
  const objects = new Map<string, Buffer>();
  const denied = new Set<string>();
  const breaks = new Map<string, number[]>();
  const gets: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://s3');
    const [, bucket, ...path] = url.pathname.split('/').map(decodeURIComponent);
    const key = path.join('/');
    if (bucket !== BUCKET) refuse(response, 404, 'NoSuchBucket', 'The specified bucket does not exist');
    else if (key !== '') get(request, response, key);
    else list(url.searchParams, response);
  });

  function list(query: URLSearchParams, response: ServerResponse): void {
    const [prefix, token] = [query.get('prefix') ?? '', query.get('continuation-token')];
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const from = token === null ? 0 : keys.indexOf(Buffer.from(token, 'base64').toString()) + 1;
    const page = keys.slice(from, from + PAGE);
    const isTruncated = from + PAGE < keys.length;
    const next = Buffer.from(page.at(-1) ?? '').toString('base64');
    response.writeHead(200, { 'content-type': 'application/xml' }).end(
      `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${BUCKET}</Name>` +
        `<Prefix>${escapeXml(prefix)}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>${PAGE}</MaxKeys><IsTruncated>${isTruncated}</IsTruncated>` +
        (isTruncated ? `<NextContinuationToken>${next}</NextContinuationToken>` : '') +
        page
          .map((key) => {
            const body = objects.get(key) ?? Buffer.alloc(0);
            return `<Contents><Key>${escapeXml(key)}</Key><LastModified>2026-11-23T07:30:00.000Z</LastModified><ETag>${etagOf(body)}</ETag><Size>${body.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
          })
          .join('') +
        '</ListBucketResult>',
    );
  }

  function get(request: IncomingMessage, response: ServerResponse, key: string): void {
    const { range, 'if-match': match } = request.headers;
    gets.push(`GET /${BUCKET}/${key} ${range ?? ''}`.trim());
    const body = objects.get(key);
    if (denied.has(key)) refuse(response, 403, 'AccessDenied', 'Access Denied');
    else if (body === undefined) refuse(response, 404, 'NoSuchKey', 'The specified key does not exist.');
    else if (match !== undefined && match !== etagOf(body)) refuse(response, 412, 'PreconditionFailed', 'Changed');
    else send(response, key, body, range);
  }

  function send(response: ServerResponse, key: string, body: Buffer, range: string | undefined): void {
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const part = body.subarray(from);
    response.writeHead(from === 0 ? 200 : 206, { etag: etagOf(body), 'content-length': part.length });
    const breakAt = breaks.get(key)?.shift();
    if (breakAt === undefined) response.end(part);
    else response.write(part.subarray(0, breakAt), () => setImmediate(() => response.destroy()));
  }

  function refuse(response: ServerResponse, status: number, code: string, message: string): void {
    const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const double: S3Double = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ objects, gets, breaks, denied },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return double;
}

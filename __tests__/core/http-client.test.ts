import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import type { Auth } from '../../core/http-auth';
import { createHttpClient } from '../../core/http-client';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

let server: Server;
let seen: Seen[];
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  seen = [];
  answer = (response) => response.end('{}');
  server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const base = (path = '') => new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
const client = (auth: Auth = { mode: 'none' }, path = '') => createHttpClient({ url: base(path), auth });

describe('the HTTP client', () => {
  it('sends method, path, query, headers and body unchanged', async () => {
    await client({ mode: 'none' }, '/_plugin/kibana/').send({
      method: 'POST',
      path: '/a%2Fb',
      query: { q: 'a b+c&d', other: 'é' },
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{"a":1}'),
    });

    expect(seen[0]).toMatchObject({ method: 'POST', url: '/_plugin/kibana/a%2Fb?q=a%20b%2Bc%26d&other=%C3%A9' });
    expect(seen[0]?.headers['content-type']).toBe('application/json');
    expect(seen[0]?.headers.authorization).toBeUndefined();
    expect(seen[0]?.body.toString()).toBe('{"a":1}');
  });

  it.each([200, 302, 404, 429, 503])('returns a reply with status %i, and follows no redirect', async (status) => {
    answer = (response) => response.writeHead(status, { location: '/elsewhere', 'x-name': 'n' }).end('what it says');

    const reply = await client().send({ method: 'GET', path: '/' });

    expect(reply).toMatchObject({ status, text: 'what it says' });
    expect(reply.headers.get('x-name')).toBe('n');
    expect(seen).toHaveLength(1);
  });

  it('authenticates by name and password', async () => {
    await client({ mode: 'basic', username: 'kim', password: 'pä:ss' }).send({ method: 'GET', path: '/' });

    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('kim:pä:ss').toString('base64')}`);
  });

  it.each(['es', 'aoss'])('signs exactly what arrives at %s', async (service) => {
    const credentials = async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' });
    const signed = client({ mode: 'sigv4', region: 'eu-west-1', service, credentials }, '/_dashboards');

    await signed.send({ method: 'GET', path: '/a%2Fb', query: { z: 'a b', a: "it's *" } });
    await signed.send({
      method: 'POST',
      path: '/_bulk',
      headers: { 'content-type': 'application/x-ndjson' },
      body: Buffer.from('{"é":1}\n'),
    });

    expect(seen).toHaveLength(2);
    for (const request of seen) {
      expect(request.headers['x-amz-security-token']).toBe('token');
      expect(request.headers['x-amz-content-sha256']).toBe(sha256(request.body));
      expect(request.headers.authorization).toBe(authorizationOf(request, service));
    }
  });

  it('reports that there are no credentials to sign with', async () => {
    const credentials = () => Promise.reject(new Error('Could not load credentials from any providers'));
    const signed = client({ mode: 'sigv4', region: 'eu-west-1', service: 'es', credentials });

    await expect(signed.send({ method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'CREDENTIALS_UNUSABLE' });
    expect(seen).toEqual([]);
  });

  it('reports that nothing listens there', async () => {
    const gone = client();
    server.close();
    await once(server, 'close');

    await expect(gone.send({ method: 'GET', path: '/' })).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining('connection refused'),
    });
  });

  it('reports that the reply, or its end, did not come in time', async () => {
    answer = (response) => response.write('half of');

    const late = client().send({ method: 'GET', path: '/', timeoutSeconds: 0.1 });

    await expect(late).rejects.toMatchObject({ code: 'SERVER_TIMED_OUT', message: expect.stringContaining('0.1 s') });
  });

  it('aborts a request on its signal', async () => {
    const giveUp = new AbortController();
    answer = () => giveUp.abort();

    const given = client().send({ method: 'GET', path: '/', signal: giveUp.signal });

    await expect(given).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('stops reading a reply that does not end', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const endlessly = function* () {
      for (;;) yield chunk;
    };
    answer = (response) => pipeline(endlessly, response, () => {});

    const endless = client().send({ method: 'GET', path: '/' });

    await expect(endless).rejects.toMatchObject({ code: 'SERVER_REPLY_UNUSABLE' });
  });

  it('reports an unreachable server without revealing the password', async () => {
    const failing = client({ mode: 'basic', username: 'kim', password: 'very-secret' });
    answer = (response) => response.destroy();

    const error = await failing.send({ method: 'GET', path: '/' }).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(JSON.stringify(error) + String(error)).not.toContain('very-secret');
  });
});

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Uint8Array | string, text: string) => createHmac('sha256', key).update(text).digest();
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** What Signature Version 4 requires, computed from what has arrived. */
function authorizationOf({ method, url, headers, body }: Seen, service: string): string {
  const [path = '', query = ''] = url.split('?', 2);
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1] ?? '';
  const date = String(headers['x-amz-date']);
  const scope = `${date.slice(0, 8)}/eu-west-1/${service}/aws4_request`;
  const canonical = [
    method,
    path.split('/').map(encoded).join('/'),
    query
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) =>
        pair
          .split('=')
          .map((part) => encoded(decodeURIComponent(part)))
          .join('='),
      )
      .sort()
      .join('&'),
    ...names.split(';').map((name) => `${name}:${headers[name]}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const key = scope.split('/').reduce<Uint8Array | string>((last, part) => hmac(last, part), 'AWS4secret');
  const signature = hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=AKID/${scope}, SignedHeaders=${names}, Signature=${signature}`;
}

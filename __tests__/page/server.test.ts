import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import type { PipelineStatus } from '../../page/overview-reply';
import { type Page, startPage } from '../../page/server';
import { createDuckDbReader } from '../../store/duckdb/reader';

const STATUS: PipelineStatus = {
  read: 9,
  accepted: 8,
  stored: 6,
  processingFailed: 1,
  deliveryFailed: 0,
  dropped: 1,
  buffered: 0,
  streamUrl: 'http://127.0.0.1:1/',
  seconds: 1,
};

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let page: Page;
let fails = false;
beforeAll(async () => {
  const query = () => (fails ? Promise.reject(new Error('the disk is gone')) : Promise.resolve([]));
  page = await startPage({ reader: createDuckDbReader(query), status: () => STATUS, port: 0 });
});
afterAll(() => page.close());

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ port: page.port, host: '127.0.0.1', path, headers, method, agent: false }, async (response) => {
      let body = '';
      for await (const chunk of response.setEncoding('utf8')) body += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
    })
      .on('error', reject)
      .end();
  });
}

describe('the page’s server', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/page.js', 'text/javascript; charset=utf-8'],
    ['/page.css', 'text/css; charset=utf-8'],
    ['/icon.svg', 'image/svg+xml'],
    ['/api/overview', 'application/json'],
  ])('serves %s with headers that admit nothing from elsewhere', async (path, type) => {
    const { status, headers, body } = await get(path);

    expect(status).toBe(200);
    expect(body).not.toBe('');
    expect(headers).toMatchObject({
      'content-type': type,
      'content-security-policy': expect.stringContaining("default-src 'self';"),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*/);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it.each(['localhost', 'LOCALHOST:80', '127.0.0.1:9999', '[::1]:8'])('accepts the host name %s', async (host) => {
    expect((await get('/', { host })).status).toBe(200);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:80',
    'evil.example:127',
    '127.0.0.2',
    '[::1',
  ])('reveals nothing under the host name %j', async (host) => {
    for (const path of ['/', '/api/overview']) {
      const { status, body } = await get(path, { host });

      expect(status).toBe(403);
      expect(body).not.toContain('stored');
    }
  });

  it.each([
    ['no host name', 'GET /api/overview HTTP/1.0\r\n\r\n'],
    ['an empty host name', 'GET /api/overview HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n'],
  ])('reveals nothing under %s', async (_, head) => {
    const socket = connect(page.port, '127.0.0.1');
    socket.end(head);

    const [reply] = await once(socket, 'data');

    expect(String(reply)).toMatch(/^HTTP\/1\.1 403 /);
  });

  it.each([
    '/../package.json',
    '/..%2f..%2fpackage.json',
    '/%2e%2e/server.js',
    '//etc/passwd',
    '/page.js/../../server.js',
    '/page.ts',
    '/page.js%00',
    '/api',
    '/constructor',
  ])('does not serve %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('refuses %s', async (method) => {
    const { status, headers } = await get('/api/overview', {}, method);

    expect(status).toBe(405);
    expect(headers.allow).toBe('GET, HEAD');
  });

  it('answers HEAD like GET, without the body', async () => {
    const head = await get('/', {}, 'HEAD');
    const full = await get('/');

    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers['content-length']).toBe(full.headers['content-length']);
  });

  it.each(['0', '-5', '1.5', 'NaN', '1e9', '', "15'--"])('refuses a range of %j minutes', async (minutes) => {
    expect((await get(`/api/overview?minutes=${encodeURIComponent(minutes)}`)).status).toBe(400);
  });

  it('reports the progress of the lines', async () => {
    const { body } = await get('/api/overview?minutes=all');

    expect(JSON.parse(body)).toMatchObject({ status: STATUS, extent: { events: 0 } });
  });

  it('reports that the store cannot be read, and recovers with it', async () => {
    fails = true;
    const failed = await get('/api/overview?minutes=7');
    fails = false;
    const well = await get('/api/overview?minutes=7');

    expect(failed).toMatchObject({ status: 500, body: expect.stringContaining('the disk is gone') });
    expect(well.status).toBe(200);
  });

  it('listens on the loopback address only', () => {
    expect(page.url).toBe(`http://127.0.0.1:${page.port}/`);
  });

  it('names the taken port and the option that changes it', async () => {
    const second = startPage({ reader: createDuckDbReader(async () => []), status: () => STATUS, port: page.port });

    await expect(second).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(String(page.port)),
      hint: expect.stringContaining('--ui-port'),
    });
  });
});

describe('the replies for verify', () => {
  it('go to this machine only', async () => {
    const [here, elsewhere] = [await get('/api/sums?run=r7'), await get('/api/sums?run=r7', { host: 'evil.example' })];

    expect(here.status).toBe(200);
    expect(JSON.parse(here.body)).toMatchObject({ stored: 0, duplicated: 0 });
    expect(elsewhere.status).toBe(403);
  });

  it.each(['/api/examples', '/api/examples?by=page', '/api/examples?by=password&key=x'])('refuses %s', async (path) => {
    const { status } = await get(path);

    expect(status).toBe(400);
  });
});

import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type DemoSite, type DemoSiteProps, startDemoSite } from '../../site/demo-site';
import { type Line, readLine, waitForLines } from './log-line';
import { sendRaw } from './raw-client';
import { Visitor } from './visitor';

let folder: string;
let logFile: string;
let site: DemoSite | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-site-'));
  logFile = join(folder, 'access_log');
});

afterEach(async () => {
  await site?.close();
  site = undefined;
  await rm(folder, { recursive: true });
});

async function start(props: Partial<DemoSiteProps> = {}): Promise<DemoSite> {
  site = await startDemoSite({ port: 0, logFile, ...props });
  return site;
}

const readLog = () => readFile(logFile, 'utf8');
const lines = (count: number) => waitForLines(readLog, () => true, count);
const lastLine = async (count: number) => (await lines(count))[count - 1] as Line;

describe('start and stop', () => {
  it('names a taken port and the option that chooses another', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };

    const failure = await start({ port }).catch((error) => error);

    await new Promise((resolve) => other.close(resolve));
    expect(failure.code).toBe('PORT_TAKEN');
    expect(failure.message).toMatch(new RegExp(`Port ${port} .*--port`, 's'));
  });

  it('refuses a log that cannot be written before it answers anybody', async () => {
    const starting = start({ logFile: '/dev/null/access_log' });

    await expect(starting).rejects.toMatchObject({ code: 'LOG_NOT_WRITABLE' });
  });

  it('makes the log’s folder', async () => {
    logFile = join(folder, 'a', 'b', 'access_log');
    const { url } = await start();

    await new Visitor(url, 'x').get('/');

    expect(await lines(1)).toHaveLength(1);
  });

  it('has every line in the log once it is closed, and answers nobody after', async () => {
    const { url, close } = await start();
    await Promise.all(Array.from({ length: 50 }, () => new Visitor(url, 'x').get('/')));

    await close();
    site = undefined;

    expect((await readLog()).match(/\n/g)).toHaveLength(50);
    await expect(new Visitor(url, 'x').get('/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('goes on in a new file when the log was renamed and opened anew', async () => {
    const { url, reopenLog } = await start();
    const visitor = new Visitor(url, 'x');
    await visitor.get('/about/');
    await rename(logFile, `${logFile}.1`);
    await visitor.get('/blog/');

    reopenLog();
    await visitor.get('/pricing/');

    expect((await lastLine(1)).request).toBe('GET /pricing/ HTTP/1.1');
    const renamed = (await readFile(`${logFile}.1`, 'utf8')).trimEnd().split('\n').map(readLine);
    expect(renamed.map((line) => line.request)).toEqual(['GET /about/ HTTP/1.1', 'GET /blog/ HTTP/1.1']);
  });

  it('listens on IPv6 and logs the address bare', async () => {
    const { url, port } = await start({ host: '::1' });

    const reply = await sendRaw(port, 'GET / HTTP/1.0\r\n\r\n', { host: '::1' });

    expect(url).toBe(`http://[::1]:${port}`);
    expect(reply).toMatch(/^HTTP\/1.1 200 /);
    expect((await lastLine(1)).host).toBe('::1');
  });
});

describe('pages', () => {
  it('lead to nothing but pages and files that are there', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, 'x');
    const seen = new Map<string, number>();
    const ahead = ['/'];

    for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
      if (seen.has(path)) continue;
      const { status, body } = await visitor.get(path);
      seen.set(path, status);
      for (const [, link = ''] of body.toString().matchAll(/(?:href|src|action)="([^"]+)"/g)) ahead.push(link);
    }

    expect([...seen].filter(([, status]) => status !== 200)).toEqual([]);
    expect(seen.size).toBeGreaterThan(15);
  });

  it('carry the headers that keep a browser from guessing, framing and running scripts', async () => {
    const { url } = await start();

    const { headers } = await new Visitor(url, 'x').get('/');

    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('same-origin');
  });

  it('show a search again without running it as markup', async () => {
    const { url } = await start();

    const { status, body } = await new Visitor(url, 'x').get('/?s=%3Cscript%3Ealert(1)%3C/script%3E%22');

    expect(status).toBe(200);
    expect(body.toString()).not.toContain('<script>');
    expect(body.toString()).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;');
  });

  it('find what the search asks for', async () => {
    const { url } = await start();

    const { body } = await new Visitor(url, 'x').get('/?s=SHOES');

    expect(body.toString()).toContain('Trail shoes');
    expect(body.toString()).not.toContain('Wool socks');
  });

  it('keep a cart for each visitor', async () => {
    const { url } = await start();
    const one = new Visitor(url, 'x');
    const two = new Visitor(url, 'x');
    await one.get('/');

    const added = await one.post('/cart/', { product: 'wool-socks' });
    const unknown = await one.post('/cart/', { product: '__proto__' });

    expect([added.status, unknown.status]).toEqual([303, 422]);
    expect((await one.get('/cart/')).body.toString()).toContain('Wool socks');
    expect((await two.get('/cart/')).body.toString()).toContain('Your cart is empty');
  });

  it('answer a file that the browser has already with 304 and no bytes', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, 'x');
    const { headers } = await visitor.get('/assets/site.css');

    const again = await visitor.get('/assets/site.css', { 'if-none-match': String(headers.etag) });

    expect(again.status).toBe(304);
    expect(await lastLine(2)).toMatchObject({ status: 304, bytes: '-' });
  });

  it('answer /health without a session', async () => {
    const { url } = await start();

    const answer = await new Visitor(url, 'x').get('/health');

    expect([answer.status, answer.setCookies]).toEqual([200, []]);
    expect(await lastLine(1)).toMatchObject({ request: 'GET /health HTTP/1.1', status: 200, session: '-' });
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])('answer %s with 405', async (method) => {
    const { url } = await start();

    const answer = await new Visitor(url, 'x').ask('/products/', { method });

    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD, POST');
    expect(await lastLine(1)).toMatchObject({ request: `${method} /products/ HTTP/1.1`, status: 405 });
  });

  it('answer a POST to a page without a form with 405, to no page with 404', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, 'x');

    const answers = [await visitor.post('/about/', {}), await visitor.post('/nowhere/', {})];

    expect(answers.map(({ status }) => status)).toEqual([405, 404]);
  });
});

describe('sessions', () => {
  const password = 'correct horse';

  it('get a new secret at the sign-in, under the same name in the log', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, 'x');
    await visitor.post('/sign-up/', { user: 'alice', password });
    const planted = visitor.cookies.get('session') ?? '';

    await visitor.post('/sign-in/', { user: 'alice', password });
    const thief = new Visitor(url, 'thief');
    thief.cookies.set('session', planted);
    await thief.get('/products/');

    const [up, signedIn, stolen] = await lines(3);
    expect(visitor.cookies.get('session')).not.toBe(planted);
    expect(signedIn?.session).toBe(up?.session);
    expect(stolen).toMatchObject({ agent: 'thief', user: '-' });
  });

  it('are named in the log by what is not their cookie', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, 'x');

    await visitor.get('/');

    await lines(1);
    expect(await readLog()).not.toContain(visitor.cookies.get('session'));
  });

  it('are not signed out by HEAD nor by another site’s link', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, 'x');
    await visitor.post('/sign-up/', { user: 'alice', password });
    await visitor.post('/sign-in/', { user: 'alice', password });

    await visitor.ask('/sign-out/', { method: 'HEAD' });
    await visitor.get('/sign-out/', { 'sec-fetch-site': 'cross-site' });
    await visitor.get('/');

    expect((await lines(5)).map((line) => line.user).slice(2)).toEqual(['alice', 'alice', 'alice']);
  });

  it('take a form from this site’s own pages, whatever the browser says with it', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, 'x');

    const byOrigin = await visitor.post('/sign-up/', { user: 'a', password }, { origin: url });
    const byFetch = await visitor.post('/sign-up/', { user: 'b', password }, { 'sec-fetch-site': 'same-origin' });
    const foreign = await visitor.post('/sign-up/', { user: 'c', password }, { origin: 'null' });

    expect([byOrigin.status, byFetch.status, foreign.status]).toEqual([303, 303, 403]);
  });

  it('know a name in any case, and log it as it was signed up', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, 'x');
    await visitor.post('/sign-up/', { user: 'Alice', password });

    const taken = await visitor.post('/sign-up/', { user: 'ALICE', password });
    await visitor.post('/sign-in/', { user: 'alice', password });

    expect(taken.status).toBe(409);
    expect((await lastLine(3)).user).toBe('Alice');
  });

  it('give one name to one of many who sign up with it at once', async () => {
    const { url } = await start();

    const answers = await Promise.all(
      Array.from({ length: 8 }, () => new Visitor(url, 'x').post('/sign-up/', { user: 'alice', password })),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array(7).fill(409)]);
  });
});

describe('the client’s address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    [' 203.0.113.7 ', '203.0.113.7'],
    ['203.0.113.7, 10.0.0.1', '127.0.0.1'],
    ['203.0.113.7 evil', '127.0.0.1'],
    ['host.example', '127.0.0.1'],
    ['999.1.1.1', '127.0.0.1'],
    ['', '127.0.0.1'],
  ])('forwarded as %j is logged as %s', async (forwarded, host) => {
    const { url } = await start();

    await new Visitor(url, 'x').get('/', { 'x-forwarded-for': forwarded });

    expect((await lastLine(1)).host).toBe(host);
  });
});

describe('errors on demand', () => {
  const ask = async (url: string, headers: Record<string, string> = {}) => {
    const visitor = new Visitor(url, 'x');
    const route = await visitor.get('/demo-error/', headers);
    const page = await visitor.get('/about/', { ...headers, 'x-clickstream-error': '1' });
    return [route.status, page.status];
  };

  it('are open to this machine where no token is set', async () => {
    const { url } = await start();

    expect(await ask(url)).toEqual([500, 500]);
  });

  it.each([
    {},
    { 'x-clickstream-token': '' },
    { 'x-clickstream-token': 'secreT' },
    { 'x-clickstream-token': 'secret2' },
  ])('are not there for a caller with %j in place of the token', async (headers) => {
    const { url } = await start({ errorToken: 'secret' });

    expect(await ask(url, headers as Record<string, string>)).toEqual([404, 200]);
  });

  it('are there for who knows the token', async () => {
    const { url } = await start({ errorToken: 'secret' });

    expect(await ask(url, { 'x-clickstream-token': 'secret' })).toEqual([500, 500]);
  });

  it('are not there for anybody where they are switched off', async () => {
    const { url } = await start({ demoErrors: false, errorToken: 'secret' });

    expect(await ask(url, { 'x-clickstream-token': 'secret' })).toEqual([404, 200]);
  });
});

describe('slow answers on demand', () => {
  const ask = (url: string, delay: string) => new Visitor(url, 'slow').get('/about/', { 'x-clickstream-delay': delay });

  it('come that much later, and say so', async () => {
    const { url } = await start();
    const started = performance.now();

    const { status, headers } = await ask(url, '120');

    expect({ status, delay: headers['x-clickstream-delay'] }).toEqual({ status: 200, delay: '120' });
    expect(performance.now() - started).toBeGreaterThanOrEqual(119);
  });

  it.each(['-5', 'long', '0', 'NaN'])('are not there for a delay of %s', async (delay) => {
    const { url } = await start();

    const { status, headers } = await ask(url, delay);

    expect({ status, delay: headers['x-clickstream-delay'] }).toEqual({ status: 200, delay: undefined });
  });

  it('are not there for who may not ask for errors', async () => {
    const { url } = await start({ errorToken: 'secret' });

    const { headers } = await ask(url, '9000');

    expect(headers['x-clickstream-delay']).toBeUndefined();
  });

  it('have their line in the log also when the client does not wait', async () => {
    const { url } = await start();
    const asked = request(`${url}/about/`, { headers: { 'user-agent': 'slow', 'x-clickstream-delay': '9000' } });
    asked.on('error', () => {}).end();
    asked.on('socket', (socket) => socket.on('connect', () => setTimeout(() => asked.destroy(), 50)));

    const lines = await waitForLines(
      () => readFile(logFile, 'utf8'),
      ({ agent }) => agent === 'slow',
      1,
    );

    expect(lines).toHaveLength(1);
  });
});

describe('odd requests', () => {
  const HOST = 'Host: shop.example\r\n';

  it.each([
    ['garbage', 'GARBAGE\r\n\r\n', 400, 'GARBAGE'],
    ['a TLS handshake', '\x16\x03\x01\x00\xa5', 400, '\\x16\\x03\\x01'],
    ['a space in the address', `GET /a b HTTP/1.1\r\n${HOST}\r\n`, 400, 'GET /a b HTTP/1.1'],
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'GET / HTTP/1.1'],
    ['a header with a space in its name', `GET / HTTP/1.1\r\n${HOST}Bad Header: x\r\n\r\n`, 400, 'GET / HTTP/1.1'],
    ['a byte above ASCII in the address', `GET /caf\xe9/ HTTP/1.1\r\n${HOST}\r\n`, 400, 'GET /caf\\xe9/ HTTP/1.1'],
    ['a quote in the address', `GET /a"b HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`, 404, 'GET /a\\"b HTTP/1.1'],
    ['an unknown method', `FOO /products/ HTTP/1.1\r\n${HOST}\r\n`, 405, 'FOO /products/ HTTP/1.1'],
    ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`, 405, 'OPTIONS * HTTP/1.1'],
    ['a tunnel', `CONNECT x:443 HTTP/1.1\r\n${HOST}\r\n`, 405, 'CONNECT x:443 HTTP/1.1'],
    ['HTTP/1.0', 'GET /products/ HTTP/1.0\r\n\r\n', 200, 'GET /products/ HTTP/1.0'],
    ['HTTP/0.9', 'GET /products/\r\n\r\n', 200, 'GET /products/'],
    [
      'a whole address, as to a proxy',
      `GET http://x/products/?a HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
      200,
      'GET http://x/products/?a HTTP/1.1',
    ],
    ['headers of 20 kB', `GET / HTTP/1.1\r\n${HOST}A: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'GET / HTTP/1.1'],
    [
      'an address of 9 kB',
      `GET /?${'q'.repeat(9000)} HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
      414,
      `GET /?${'q'.repeat(9000)} HTTP/1.1`,
    ],
    ['an address of 40 kB', `GET /?${'q'.repeat(40_000)} HTTP/1.1\r\n${HOST}\r\n`, 414, `GET /?${'q'.repeat(8184)}`],
    [
      'a chunk without a size',
      `POST /sign-in/ HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      400,
      'POST /sign-in/ HTTP/1.1',
    ],
  ])('%s is answered as it should be, and logged once', async (_what, bytes, status, logged) => {
    const { port } = await start();

    const reply = await sendRaw(port, bytes);

    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const body = reply.slice(reply.indexOf('\r\n\r\n') + 4);
    await site?.close();
    site = undefined;
    const [line, ...more] = (await readLog()).trimEnd().split('\n').map(readLine);
    expect(line).toMatchObject({ request: logged, status, bytes: String(body.length) });
    expect(more).toEqual([]);
  });

  it('a body of more than 64 KiB is answered with 413, declared or not', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, 'x');
    const body = `user=${'x'.repeat(70_000)}`;

    const declared = await visitor.ask('/sign-up/', { method: 'POST', body });
    const chunked = await visitor.ask('/sign-up/', {
      method: 'POST',
      body,
      headers: { 'transfer-encoding': 'chunked' },
    });

    expect([declared.status, chunked.status]).toEqual([413, 413]);
    expect((await lines(2)).map((line) => line.status)).toEqual([413, 413]);
  });

  it.each([
    ['nothing', '', '-'],
    ['half a head', `GET / HTTP/1.1\r\n${HOST}Cookie: session=secr`, '-'],
    ['half a body', `POST /sign-in/ HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\nuser=`, 'POST /sign-in/ HTTP/1.1'],
  ])('a client that sends %s and then waits is answered with 408', async (_what, bytes, logged) => {
    const { port } = await start({ requestSeconds: 0.2 });

    const reply = await sendRaw(port, bytes);

    expect(reply).toMatch(/^HTTP\/1.1 408 /);
    expect(await lastLine(1)).toMatchObject({ request: logged, status: 408 });
    expect(await readLog()).not.toContain('secr');
  });

  it('a client that goes in the middle of its form is logged once', async () => {
    const { port, url } = await start();
    const bytes = `GET / HTTP/1.1\r\n${HOST}\r\nPOST /sign-in/ HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\nuser=`;

    await sendRaw(port, bytes, { answers: 1 });
    await waitForLines(readLog, (line) => line.request.startsWith('POST'), 1);
    await new Visitor(url, 'x').get('/about/');

    expect((await lines(3)).map(({ request, status }) => [request, status])).toEqual([
      ['GET / HTTP/1.1', 200],
      ['POST /sign-in/ HTTP/1.1', 400],
      ['GET /about/ HTTP/1.1', 200],
    ]);
  });

  it('garbage after a good request is a line of its own, that shows none of it', async () => {
    const { port } = await start();

    const reply = await sendRaw(port, `GET /about/ HTTP/1.1\r\n${HOST}\r\nGARBAGE\r\n\r\n`);

    expect(reply.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
    expect((await lines(2)).map(({ request, status }) => [request, status])).toEqual([
      ['GET /about/ HTTP/1.1', 200],
      ['-', 400],
    ]);
  });

  it('no bytes whatever stop the site or break a line of its log', async () => {
    const { port, url } = await start({ requestSeconds: 0.2 });
    const beginning = fc.constantFrom('', 'GET / HTTP/1.1\r\n', `POST /sign-up/ HTTP/1.1\r\n${HOST}`, 'GET /\r\n\r\n');

    await fc.assert(
      fc.asyncProperty(beginning, fc.uint8Array({ minLength: 1, maxLength: 300 }), async (first, rest) => {
        await sendRaw(port, Buffer.concat([Buffer.from(first), Buffer.from('\r\n'), rest, Buffer.from('\r\n\r\n')]), {
          answers: 1,
        });
      }),
      { numRuns: 40 },
    );

    expect((await new Visitor(url, 'after').get('/')).status).toBe(200);
    expect(await waitForLines(readLog, (line) => line.agent === 'after', 1)).toHaveLength(1);
  });
});

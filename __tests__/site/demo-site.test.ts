import { readFile, rename } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { readLine, waitForLines } from '../support/log-line';
import { sendRaw } from '../support/raw-client';
import { useDemoSite } from '../support/use-demo-site';
import { Visitor } from '../support/visitor';

const { folder, start, readLog, lines, lastLine } = useDemoSite();

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

  it('refuses to start with a log that cannot be written', async () => {
    const starting = start({ logFile: '/dev/null/access_log' });

    await expect(starting).rejects.toMatchObject({ code: 'LOG_NOT_WRITABLE' });
  });

  it('creates the log’s folder', async () => {
    const { url } = await start({ logFile: join(folder(), 'a', 'b', 'access_log') });

    await new Visitor(url, { 'user-agent': 'x' }).get('/');

    expect(await lines(1)).toHaveLength(1);
  });

  it('has every line in the log once it is closed, and answers nobody after', async () => {
    const { url, close } = await start();
    await Promise.all(Array.from({ length: 50 }, () => new Visitor(url, { 'user-agent': 'x' }).get('/')));

    await close();

    expect((await readLog()).match(/\n/g)).toHaveLength(50);
    await expect(new Visitor(url, { 'user-agent': 'x' }).get('/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('continues in a new file when the log was renamed and reopened', async () => {
    const logFile = join(folder(), 'access_log');
    const { url, reopenLog } = await start({ logFile });
    const visitor = new Visitor(url, { 'user-agent': 'x' });
    await visitor.get('/about/');
    await rename(logFile, `${logFile}.1`);
    await visitor.get('/blog/');

    reopenLog();
    await visitor.get('/pricing/');

    expect((await lastLine(1)).request).toBe('GET /pricing/ HTTP/1.1');
    const renamed = (await readFile(`${logFile}.1`, 'utf8')).trimEnd().split('\n').map(readLine);
    expect(renamed.map((line) => line.request)).toEqual(['GET /about/ HTTP/1.1', 'GET /blog/ HTTP/1.1']);
  });

  it('listens on IPv6 and logs the address without brackets', async () => {
    const { url, port } = await start({ host: '::1' });

    const reply = await sendRaw(port, 'GET / HTTP/1.0\r\n\r\n', { host: '::1' });

    expect(url).toBe(`http://[::1]:${port}`);
    expect(reply).toMatch(/^HTTP\/1.1 200 /);
    expect((await lastLine(1)).host).toBe('::1');
  });
});

describe('pages', () => {
  it('link only to existing pages and files', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, { 'user-agent': 'x' });
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

    const { headers } = await new Visitor(url, { 'user-agent': 'x' }).get('/');

    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('same-origin');
  });

  it('show a search again without running it as markup', async () => {
    const { url } = await start();

    const { status, body } = await new Visitor(url, { 'user-agent': 'x' }).get(
      '/?s=%3Cscript%3Ealert(1)%3C/script%3E%22',
    );

    expect(status).toBe(200);
    expect(body.toString()).not.toContain('<script>');
    expect(body.toString()).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;');
  });

  it('find what the search asks for', async () => {
    const { url } = await start();

    const { body } = await new Visitor(url, { 'user-agent': 'x' }).get('/?s=SHOES');

    expect(body.toString()).toContain('Trail shoes');
    expect(body.toString()).not.toContain('Wool socks');
  });

  it('keep a cart for each visitor', async () => {
    const { url } = await start();
    const one = new Visitor(url, { 'user-agent': 'x' });
    const two = new Visitor(url, { 'user-agent': 'x' });
    await one.get('/');

    const added = await one.post('/cart/', { product: 'wool-socks' });
    const unknown = await one.post('/cart/', { product: '__proto__' });

    expect([added.status, unknown.status]).toEqual([303, 422]);
    expect((await one.get('/cart/')).body.toString()).toContain('Wool socks');
    expect((await two.get('/cart/')).body.toString()).toContain('Your cart is empty');
  });

  it('answer a file that the browser has cached with 304 and no bytes', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, { 'user-agent': 'x' });
    const { headers } = await visitor.get('/assets/site.css');

    const again = await visitor.get('/assets/site.css', { 'if-none-match': String(headers.etag) });

    expect(again.status).toBe(304);
    expect(await lastLine(2)).toMatchObject({ status: 304, bytes: '-' });
  });

  it('answer /health without a session', async () => {
    const { url } = await start();

    const answer = await new Visitor(url, { 'user-agent': 'x' }).get('/health');

    expect([answer.status, answer.setCookies]).toEqual([200, []]);
    expect(await lastLine(1)).toMatchObject({ request: 'GET /health HTTP/1.1', status: 200, session: '-' });
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])('answer %s with 405', async (method) => {
    const { url } = await start();

    const answer = await new Visitor(url, { 'user-agent': 'x' }).ask('/products/', { method });

    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD, POST');
    expect(await lastLine(1)).toMatchObject({ request: `${method} /products/ HTTP/1.1`, status: 405 });
  });

  it('answer a POST to a page without a form with 405, to an unknown page with 404', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, { 'user-agent': 'x' });

    const answers = [await visitor.post('/about/', {}), await visitor.post('/nowhere/', {})];

    expect(answers.map(({ status }) => status)).toEqual([405, 404]);
  });
});

describe('sessions', () => {
  const password = 'correct horse';

  it('get a new secret at the sign-in, under the same name in the log', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, { 'user-agent': 'x' });
    await visitor.post('/sign-up/', { user: 'alice', password });
    const planted = visitor.cookies.get('session') ?? '';

    await visitor.post('/sign-in/', { user: 'alice', password });
    const thief = new Visitor(url, { 'user-agent': 'thief' });
    thief.cookies.set('session', planted);
    await thief.get('/products/');

    const [up, signedIn, stolen] = await lines(3);
    expect(visitor.cookies.get('session')).not.toBe(planted);
    expect(signedIn?.session).toBe(up?.session);
    expect(stolen).toMatchObject({ agent: 'thief', user: '-' });
  });

  it('have an id in the log that is not their cookie', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, { 'user-agent': 'x' });

    await visitor.get('/');

    await lines(1);
    expect(await readLog()).not.toContain(visitor.cookies.get('session'));
  });

  it('are not signed out by HEAD nor by another site’s link', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, { 'user-agent': 'x' });
    await visitor.post('/sign-up/', { user: 'alice', password });
    await visitor.post('/sign-in/', { user: 'alice', password });

    await visitor.ask('/sign-out/', { method: 'HEAD' });
    await visitor.get('/sign-out/', { 'sec-fetch-site': 'cross-site' });
    await visitor.get('/');

    expect((await lines(5)).map((line) => line.user).slice(2)).toEqual(['alice', 'alice', 'alice']);
  });

  it('accept a form from the site’s pages, whatever the browser sends with it', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, { 'user-agent': 'x' });

    const byOrigin = await visitor.post('/sign-up/', { user: 'a', password }, { origin: url });
    const byFetch = await visitor.post('/sign-up/', { user: 'b', password }, { 'sec-fetch-site': 'same-origin' });
    const foreign = await visitor.post('/sign-up/', { user: 'c', password }, { origin: 'null' });

    expect([byOrigin.status, byFetch.status, foreign.status]).toEqual([303, 303, 403]);
  });

  it('accept a name in any case, and log it as it was signed up', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, { 'user-agent': 'x' });
    await visitor.post('/sign-up/', { user: 'Alice', password });

    const taken = await visitor.post('/sign-up/', { user: 'ALICE', password });
    await visitor.post('/sign-in/', { user: 'alice', password });

    expect(taken.status).toBe(409);
    expect((await lastLine(3)).user).toBe('Alice');
  });

  it('give a name to only one of many who sign up with it at once', async () => {
    const { url } = await start();

    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        new Visitor(url, { 'user-agent': 'x' }).post('/sign-up/', { user: 'alice', password }),
      ),
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

    await new Visitor(url, { 'user-agent': 'x' }).get('/', { 'x-forwarded-for': forwarded });

    expect((await lastLine(1)).host).toBe(host);
  });
});

describe('errors on demand', () => {
  const ask = async (url: string, headers: Record<string, string> = {}) => {
    const visitor = new Visitor(url, { 'user-agent': 'x' });
    const route = await visitor.get('/demo-error/', headers);
    const page = await visitor.get('/about/', { ...headers, 'x-clickstream-error': '1' });
    return [route.status, page.status];
  };

  it('are open to this machine if no token is set', async () => {
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

  it('are there for callers with the token', async () => {
    const { url } = await start({ errorToken: 'secret' });

    expect(await ask(url, { 'x-clickstream-token': 'secret' })).toEqual([500, 500]);
  });

  it('are there for nobody if they are switched off', async () => {
    const { url } = await start({ demoErrors: false, errorToken: 'secret' });

    expect(await ask(url, { 'x-clickstream-token': 'secret' })).toEqual([404, 200]);
  });
});

describe('slow answers on demand', () => {
  const ask = (url: string, delay: string) =>
    new Visitor(url, { 'user-agent': 'slow' }).get('/about/', { 'x-clickstream-delay': delay });

  it('come that much later, and say so', async () => {
    const { url } = await start();
    const started = performance.now();

    const { status, headers } = await ask(url, '120');

    expect({ status, delay: headers['x-clickstream-delay'] }).toEqual({ status: 200, delay: '120' });
    // A lower bound: load only adds to it. Some slack, since timers may fire early.
    expect(performance.now() - started).toBeGreaterThan(100);
  });

  it.each(['-5', 'long', '0', 'NaN'])('are not there for a delay of %s', async (delay) => {
    const { url } = await start();

    const { status, headers } = await ask(url, delay);

    expect({ status, delay: headers['x-clickstream-delay'] }).toEqual({ status: 200, delay: undefined });
  });

  it('are not there for callers who may not ask for errors', async () => {
    const { url } = await start({ errorToken: 'secret' });

    const { headers } = await ask(url, '9000');

    expect(headers['x-clickstream-delay']).toBeUndefined();
  });

  it('have their line in the log even if the client does not wait', async () => {
    const { url } = await start();
    const asked = request(`${url}/about/`, {
      headers: { 'user-agent': 'slow', 'x-clickstream-delay': '9000', expect: '100-continue' },
    });
    // By then the site has the request.
    asked.on('continue', () => asked.destroy());
    asked.on('error', () => {}).end();

    expect(await waitForLines(readLog, ({ agent }) => agent === 'slow', 1)).toHaveLength(1);
  });
});

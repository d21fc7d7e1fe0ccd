/**
 * What the demo site and the WordPress site have in common: pages, cookies, statuses, and the log line of each reply, field
 * by field.
 */
import { type Line, waitForLines } from './log-line';
import { type Answer, Visitor } from './visitor';

export interface SiteUnderTest {
  /** Without a trailing slash. */
  readonly url: string;
  /** A static file of the site. */
  readonly asset: string;
  /** Permits the caller to request errors, without a rate limit. */
  readonly token: string;
  /** The whole log so far. */
  readLog(): Promise<string>;
}

let visitors = 0;

/** @param site called in each test, so after the suite's `beforeAll`. */
export function itKeepsTheSiteContract(site: () => SiteUnderTest): void {
  /** A visitor whose log lines can be read. */
  function newVisitor() {
    const agent = `contract/${++visitors} (${process.pid})`;
    const visitor = new Visitor(site().url, { 'user-agent': agent, 'x-clickstream-token': site().token });
    const lines = (count: number) => waitForLines(site().readLog, (line) => line.agent === agent, count);
    return { visitor, lines, lastLine: async (count: number) => (await lines(count))[count - 1] as Line };
  }

  const newName = () => `user${++visitors}x${process.pid}`;
  const password = 'correct horse';

  /** The hidden fields of a page's form. */
  async function hiddenFields(visitor: Visitor, path: string): Promise<Record<string, string>> {
    const page = (await visitor.get(path)).body.toString();
    const form = page.split(`action="${path}"`)[1]?.split('</form>')[0] ?? '';
    const fields = form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
    return Object.fromEntries([...fields].map(([, name, value]) => [name, value]));
  }

  async function signUp(visitor: Visitor, user: string): Promise<Answer> {
    return visitor.post('/sign-up/', { user, password });
  }

  describe('pages', () => {
    it.each(['/', '/products/', '/pricing/', '/about/', '/blog/', '/sign-up/', '/sign-in/', '/?s=shoes'])(
      'answers GET %s with an HTML page, and logs its size',
      async (path) => {
        const { visitor, lastLine } = newVisitor();

        const answer = await visitor.get(path);

        expect(answer.status).toBe(200);
        expect(answer.headers['content-type']).toMatch(/^text\/html; charset=utf-8$/i);
        expect(answer.body.toString()).toMatch(/^<!doctype html>/i);
        expect(await lastLine(1)).toMatchObject({
          request: `GET ${path} HTTP/1.1`,
          status: 200,
          bytes: String(answer.body.length),
          referer: '-',
          authuser: '-',
          user: '-',
          site: new URL(site().url).host,
        });
      },
    );

    it('answers HEAD as GET without a body, and logs no bytes', async () => {
      const { visitor, lastLine } = newVisitor();

      const answer = await visitor.ask('/products/', { method: 'HEAD' });

      expect(answer.status).toBe(200);
      expect(answer.body).toHaveLength(0);
      expect(await lastLine(1)).toMatchObject({ request: 'HEAD /products/ HTTP/1.1', status: 200, bytes: '-' });
    });

    it('sends a page without its slash to the one with it', async () => {
      const { visitor, lastLine } = newVisitor();

      const answer = await visitor.get('/products');

      expect(answer.status).toBe(301);
      expect(new URL(answer.headers.location ?? '', site().url).pathname).toBe('/products/');
      expect(await lastLine(1)).toMatchObject({ request: 'GET /products HTTP/1.1', status: 301 });
    });

    it.each([
      ['an unknown address', '/no-such-page/'],
      ['the beginning of a known one', '/prod/'],
      ['an unknown product', '/products/sold-out/'],
      ['an unknown post', '/blog/draft/'],
    ])('answers %s with a page and 404', async (_what, path) => {
      const { visitor, lastLine } = newVisitor();

      const answer = await visitor.get(path);

      expect(answer.status).toBe(404);
      expect(await lastLine(1)).toMatchObject({ status: 404, bytes: String(answer.body.length) });
    });

    it('serves a static file with neither user nor session in its line', async () => {
      const { visitor, lastLine } = newVisitor();
      await visitor.get('/');

      const answer = await visitor.get(site().asset);

      expect(answer.status).toBe(200);
      expect(answer.setCookies).toEqual([]);
      expect(await lastLine(2)).toMatchObject({ status: 200, user: '-', session: '-' });
    });

    it.each([
      ['DELETE', '/products/'],
      ['PROPFIND', '/'],
      ['POST', '/products/'],
    ])('answers %s %s, which no page takes, with 405', async (method, path) => {
      const { visitor, lastLine } = newVisitor();

      const answer = await visitor.ask(path, { method });

      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toMatch(/GET, HEAD/);
      expect(await lastLine(1)).toMatchObject({ request: `${method} ${path} HTTP/1.1`, status: 405 });
    });

    it('says that it is well, without a session', async () => {
      const { visitor, lastLine } = newVisitor();

      const answer = await visitor.get('/health');

      expect(answer).toMatchObject({ status: 200, setCookies: [] });
      expect(answer.body.toString()).toBe('ok\n');
      expect(await lastLine(1)).toMatchObject({ request: 'GET /health HTTP/1.1', status: 200, session: '-' });
    });

    it('logs the client for whom a proxy on this machine asks', async () => {
      const { visitor, lastLine } = newVisitor();

      await visitor.get('/', { 'x-forwarded-for': '203.0.113.7' });

      expect((await lastLine(1)).host).toBe('203.0.113.7');
    });

    it('logs the time of the request, in the server’s zone, and how long it took', async () => {
      const { visitor, lastLine } = newVisitor();
      const before = Math.floor(Date.now() / 1000) * 1000;

      await visitor.get('/');

      const line = await lastLine(1);
      const [, day, month, year, clock, offset] = /^(\d\d)\/(\w{3})\/(\d{4}):(\S+) ([+-]\d{4})$/.exec(line.time) ?? [];
      const logged = Date.parse(`${day} ${month} ${year} ${clock} ${offset}`);
      expect(logged).toBeGreaterThanOrEqual(before);
      expect(logged).toBeLessThanOrEqual(Date.now());
      expect(Number(line.us)).toBeGreaterThan(0);
    });

    it('gives each request an id of its own, in characters that need no escape', async () => {
      const { visitor, lines } = newVisitor();

      for (let i = 0; i < 5; i++) await visitor.get('/');

      const ids = (await lines(5)).map((line) => line.id);
      expect(new Set(ids).size).toBe(5);
      for (const id of ids) expect(decodeURIComponent(id)).toMatch(/^[\w@-]{24,27}$/);
    });
  });

  describe('sessions', () => {
    it('gives a new visitor one at once, and logs it from the first line on', async () => {
      const { visitor, lines } = newVisitor();

      const first = await visitor.get('/');
      const second = await visitor.get('/products/');

      expect(first.setCookies.join('\n')).toMatch(/HttpOnly/i);
      expect(first.setCookies.join('\n')).toMatch(/SameSite=Lax/i);
      expect(second.setCookies).toEqual([]);
      const [one, two] = await lines(2);
      expect(one?.session).toMatch(/^[0-9a-f]{32}$/);
      expect(two?.session).toBe(one?.session);
    });

    it('gives two visitors two', async () => {
      const one = newVisitor();
      const two = newVisitor();

      await one.visitor.get('/');
      await two.visitor.get('/');

      expect((await one.lastLine(1)).session).not.toBe((await two.lastLine(1)).session);
    });

    it('replaces a forged session, and logs no name that a cookie claims', async () => {
      const honest = newVisitor();
      await honest.visitor.get('/');
      const names = [...honest.visitor.cookies.keys()];
      const { visitor, lastLine } = newVisitor();
      for (const name of names) visitor.cookies.set(name, '0'.repeat(32));
      visitor.cookies.set('user', 'admin');

      const answer = await visitor.get('/products/');

      expect(answer.setCookies).not.toEqual([]);
      const line = await lastLine(1);
      expect(line.user).toBe('-');
      expect(line.session).toMatch(/^[0-9a-f]{32}$/);
      expect(line.session).not.toBe('0'.repeat(32));
    });
  });

  describe('sign-up, sign-in, sign-out', () => {
    it('names the visitor on the line of each POST and of what follows, until the sign-out', async () => {
      const { visitor, lines } = newVisitor();
      const user = newName();

      await visitor.get('/sign-up/');
      const up = await signUp(visitor, user);
      await visitor.get('/sign-in/?new=1');
      const signedIn = await visitor.post('/sign-in/', { user, password });
      await visitor.get('/products/');
      const out = await visitor.get('/sign-out/');
      await visitor.get('/');

      expect([up.status, signedIn.status, out.status]).toEqual([303, 303, 303]);
      expect(new URL(up.headers.location ?? '', site().url).pathname).toBe('/sign-in/');
      const logged = await lines(7);
      expect(logged.map(({ request, status, user: who }) => [request, status, who])).toEqual([
        ['GET /sign-up/ HTTP/1.1', 200, '-'],
        ['POST /sign-up/ HTTP/1.1', 303, user],
        ['GET /sign-in/?new=1 HTTP/1.1', 200, '-'],
        ['POST /sign-in/ HTTP/1.1', 303, user],
        ['GET /products/ HTTP/1.1', 200, user],
        ['GET /sign-out/ HTTP/1.1', 303, user],
        ['GET / HTTP/1.1', 200, '-'],
      ]);
      expect(new Set(logged.map((line) => line.session)).size).toBe(1);
      for (const line of logged.filter(({ status }) => status === 303)) expect(line.bytes).toBe('-');
    });

    it('shows the name on the pages of who is signed in', async () => {
      const { visitor } = newVisitor();
      const user = newName();
      await signUp(visitor, user);
      await visitor.post('/sign-in/', { user, password });

      const page = await visitor.get('/products/');

      expect(page.body.toString()).toContain(user);
    });

    it('signs out by POST too', async () => {
      const { visitor, lines } = newVisitor();
      const user = newName();
      await signUp(visitor, user);
      await visitor.post('/sign-in/', { user, password });

      const out = await visitor.post('/sign-out/', {});
      await visitor.get('/');

      expect(out.status).toBe(303);
      expect((await lines(4)).slice(2).map((line) => line.user)).toEqual([user, '-']);
    });

    it('answers a taken name with 409, and names nobody', async () => {
      const { visitor, lastLine } = newVisitor();
      const user = newName();
      await signUp(visitor, user);

      const again = await signUp(visitor, user);

      expect(again.status).toBe(409);
      expect(await lastLine(2)).toMatchObject({ request: 'POST /sign-up/ HTTP/1.1', status: 409, user: '-' });
    });

    it.each([
      ['no name', { user: '', password }],
      ['only spaces for a name', { user: '   ', password }],
      ['a line break in the name', { user: 'eve\nadmin', password }],
      ['a tab in the name', { user: 'eve\tadmin', password }],
      ['a NUL in the name', { user: 'eve\0', password }],
      ['a name of 61 characters', { user: 'x'.repeat(61), password }],
      ['a short password', { user: 'shorty', password: '1234567' }],
      ['no fields at all', {}],
    ])('answers a sign-up with %s with 422', async (_what, fields) => {
      const { visitor, lastLine } = newVisitor();

      const answer = await visitor.post('/sign-up/', fields as Record<string, string>);

      expect(answer.status).toBe(422);
      expect(await lastLine(1)).toMatchObject({ status: 422, user: '-', bytes: String(answer.body.length) });
    });

    it('answers a wrong password and an unknown name alike with 401, and leaves the visitor who he was', async () => {
      const { visitor, lines } = newVisitor();
      const user = newName();
      await signUp(visitor, user);

      const unknown = await visitor.post('/sign-in/', { user: newName(), password });
      const wrong = await visitor.post('/sign-in/', { user, password: 'wrong horse' });
      await visitor.post('/sign-in/', { user, password });
      const later = await visitor.post('/sign-in/', { user, password: 'wrong horse' });

      expect([unknown.status, wrong.status, later.status]).toEqual([401, 401, 401]);
      expect((await lines(5)).slice(1).map((line) => line.user)).toEqual(['-', '-', user, user]);
    });

    it.each([
      ['"quoted" \\name\\', '%22quoted%22%20%5Cname%5C'],
      ['a; session = b', 'a%3B%20session%20%3D%20b'],
      ['zoë 東京', 'zo%C3%AB%20%E6%9D%B1%E4%BA%AC'],
      ["<script>alert('x')</script>", "%3Cscript%3Ealert('x')%3C%2Fscript%3E"],
    ])('takes the name %s, logs it encoded, and never shows it as markup', async (start, logged) => {
      const { visitor, lines } = newVisitor();
      const tail = newName();
      const user = `${start}${tail}`;

      const up = await signUp(visitor, user);
      await visitor.post('/sign-in/', { user, password });
      const page = await visitor.get('/');

      expect(up.status).toBe(303);
      expect(page.body.toString()).not.toContain('<script>alert');
      expect((await lines(3)).map((line) => line.user)).toEqual(Array(3).fill(`${logged}${tail}`));
    });

    it('keeps each of 40 visitors who sign up and in at once on their own lines', async () => {
      const all = await Promise.all(
        Array.from({ length: 40 }, async () => {
          const { visitor, lines } = newVisitor();
          const user = newName();
          const up = await signUp(visitor, user);
          const signedIn = await visitor.post('/sign-in/', { user, password });
          await visitor.get('/');
          return { user, statuses: [up.status, signedIn.status], logged: await lines(3) };
        }),
      );

      for (const { user, statuses, logged } of all) {
        expect(statuses).toEqual([303, 303]);
        expect(logged.map((line) => line.user)).toEqual([user, user, user]);
      }
      expect(new Set(all.map(({ logged }) => logged[0]?.session)).size).toBe(40);
    });

    it('takes from a browser the forms that its pages show', async () => {
      const { visitor, lines } = newVisitor();
      const user = newName();
      const browser = { origin: site().url, 'sec-fetch-site': 'same-origin' };

      const up = await visitor.post(
        '/sign-up/',
        { ...(await hiddenFields(visitor, '/sign-up/')), user, password },
        browser,
      );
      const signedIn = await visitor.post(
        '/sign-in/',
        { ...(await hiddenFields(visitor, '/sign-in/')), user, password },
        browser,
      );

      expect([up.status, signedIn.status]).toEqual([303, 303]);
      expect((await lines(4)).map((line) => line.user)).toEqual(['-', user, '-', user]);
    });

    it('ends nobody’s visit because another site’s page asks for it', async () => {
      const { visitor, lastLine } = newVisitor();
      const user = newName();
      await signUp(visitor, user);
      await visitor.post('/sign-in/', { user, password });

      await visitor.get('/sign-out/', { 'sec-fetch-site': 'cross-site' });
      await visitor.get('/');

      expect((await lastLine(4)).user).toBe(user);
    });

    it.each([
      "' OR '1'='1",
      '"; DROP TABLE wp_users; --',
      '<img src=x onerror=alert(1)>',
      '../../etc/passwd',
      '%00%0d%0aX: y',
    ])('takes %s for text, whichever field it is in', async (text) => {
      const { visitor, lines } = newVisitor();
      const user = `${text} ${newName()}`;

      const answers = [
        await visitor.post('/sign-up/', { user, password: `${text}${password}`, extra: text, [text]: text }),
        await visitor.post('/sign-in/', { user, password: text }),
        await visitor.post('/sign-in/', { user, password: `${text}${password}` }),
        await visitor.get(`/?s=${encodeURIComponent(text)}`),
        await visitor.post('/cart/', { product: text }),
      ];

      expect(answers.map(({ status }) => status)).toEqual([303, 401, 303, 200, 422]);
      for (const { body } of answers) expect(body.toString()).not.toContain('<img src=x');
      expect((await lines(5)).map((line) => decodeURIComponent(line.user))).toEqual([user, '-', user, user, user]);
    });

    it('answers a form of more than 64 KiB with 413', async () => {
      const { visitor, lastLine } = newVisitor();

      const answer = await visitor.post('/sign-up/', { user: newName(), password: 'x'.repeat(70_000) });

      expect(answer.status).toBe(413);
      expect(await lastLine(1)).toMatchObject({ request: 'POST /sign-up/ HTTP/1.1', status: 413, user: '-' });
    });

    it('refuses a form that another site’s page sent', async () => {
      const { visitor, lastLine } = newVisitor();

      const answer = await visitor.post(
        '/sign-up/',
        { user: newName(), password },
        { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' },
      );

      expect(answer.status).toBe(403);
      expect(await lastLine(1)).toMatchObject({ status: 403, user: '-' });
    });
  });

  describe('the cart', () => {
    it('keeps for its visitor what was put into it', async () => {
      const { visitor, lines } = newVisitor();
      const other = newVisitor();

      const put = await visitor.post('/cart/', { product: 'rain-jacket' });
      const cart = await visitor.get('/cart/');

      expect(put.status).toBe(303);
      expect(new URL(put.headers.location ?? '', site().url).pathname).toBe('/cart/');
      expect(cart.body.toString()).toContain('href="/products/rain-jacket/"');
      expect((await other.visitor.get('/cart/')).body.toString()).toContain('Your cart is empty');
      expect((await lines(2)).map(({ request, status }) => [request, status])).toEqual([
        ['POST /cart/ HTTP/1.1', 303],
        ['GET /cart/ HTTP/1.1', 200],
      ]);
    });

    it('refuses what is not sold', async () => {
      const { visitor } = newVisitor();

      expect((await visitor.post('/cart/', { product: 'moon' })).status).toBe(422);
    });
  });

  describe('errors on demand', () => {
    it('are for nobody who does not know the token', async () => {
      const stranger = new Visitor(site().url, { 'user-agent': `stranger/${process.pid}` });

      expect((await stranger.get('/demo-error/')).status).toBe(404);
      expect((await stranger.get('/demo-error/', { 'x-clickstream-token': `${site().token}x` })).status).toBe(404);
      expect((await stranger.get('/', { 'x-clickstream-error': '1' })).status).toBe(200);
    });

    it('come with the probability that was asked for', async () => {
      const { visitor } = newVisitor();

      const answers = await Promise.all(
        Array.from({ length: 60 }, () => visitor.get('/pricing/', { 'x-clickstream-error': '0.5' })),
      );

      // All alike by chance: once in 2^59 runs.
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 500]));
    });

    it('makes an answer wait as long as it is asked to, and says so', async () => {
      const { visitor, lastLine } = newVisitor();

      const answer = await visitor.get('/about/', { 'x-clickstream-delay': '150' });

      expect(answer).toMatchObject({ status: 200, headers: { 'x-clickstream-delay': '150' } });
      // A lower bound: load only adds to it. Some slack, since timers may fire early.
      expect(Number((await lastLine(1)).us)).toBeGreaterThan(130_000);
    });

    it('answers the error route with 500 for who may ask', async () => {
      const { visitor, lastLine } = newVisitor();

      const answer = await visitor.get('/demo-error/');

      expect(answer.status).toBe(500);
      expect(await lastLine(1)).toMatchObject({
        request: 'GET /demo-error/ HTTP/1.1',
        status: 500,
        bytes: String(answer.body.length),
      });
    });

    it('breaks any page that is asked to, for its own visitor', async () => {
      const { visitor, lines } = newVisitor();
      const user = newName();
      await signUp(visitor, user);
      await visitor.post('/sign-in/', { user, password });

      const answer = await visitor.get('/products/', { 'x-clickstream-error': '1' });

      expect(answer.status).toBe(500);
      expect((await lines(3))[2]).toMatchObject({ request: 'GET /products/ HTTP/1.1', status: 500, user });
    });
  });

  describe('what a client says of itself', () => {
    it.each([
      ['quotes and backslashes', Buffer.from('a "b" \\c\\'), 'a \\"b\\" \\\\c\\\\'],
      ['a tab', Buffer.from('a\tb'), 'a\\tb'],
      ['UTF-8', Buffer.from('caf\u00e9 \u6771\u4eac'), 'caf\\xc3\\xa9 \\xe6\\x9d\\xb1\\xe4\\xba\\xac'],
      ['bytes that are not UTF-8', Buffer.from([0x63, 0xe9, 0x20, 0xff, 0xfe]), 'c\\xe9 \\xff\\xfe'],
    ])('is logged byte by byte as Apache escapes it: %s', async (_what, bytes, logged) => {
      const { visitor, lastLine } = newVisitor();

      await visitor.get('/', { referer: bytes.toString('latin1') });

      expect((await lastLine(1)).referer).toBe(logged);
    });

    it('keeps a referer as it is', async () => {
      const { visitor, lastLine } = newVisitor();

      await visitor.get('/pricing/', { referer: `${site().url}/products/` });

      expect((await lastLine(1)).referer).toBe(`${site().url}/products/`);
    });
  });
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventsOf } from '../support/events-of';
import { waitForLines } from '../support/log-line';
import { describeWordPress } from '../support/needs-wordpress';
import { sendRaw } from '../support/raw-client';
import { TOKEN, useWordPressSite } from '../support/use-wordpress-site';
import { Visitor } from '../support/visitor';

describeWordPress('unusual requests to the WordPress site', () => {
  const { folder, site, readLog, linesOf } = useWordPressSite();
  const agentOf = (what: string) => `unusual/${what.replace(/\W+/g, '-')}`;

  it.each([
    ['a wrong Host', 'GET / HTTP/1.1\r\nHost: shop.example.org\r\n', 200, 'GET / HTTP/1.1'],
    ['a Host that is none', 'GET / HTTP/1.1\r\nHost: a b"c\r\n', 400, 'GET / HTTP/1.1'],
    ['HTTP/1.0', 'GET /products/ HTTP/1.0\r\n', 200, 'GET /products/ HTTP/1.0'],
    ['a HEAD', 'HEAD /products/ HTTP/1.1\r\nHost: x\r\n', 200, 'HEAD /products/ HTTP/1.1'],
    ['an unknown method', 'FOO /products/ HTTP/1.1\r\nHost: x\r\n', 405, 'FOO /products/ HTTP/1.1'],
    ['a quote in the address', 'GET /a"b HTTP/1.1\r\nHost: x\r\n', 404, 'GET /a\\"b HTTP/1.1'],
    ['a byte above ASCII in the address', 'GET /caf\xe9/ HTTP/1.1\r\nHost: x\r\n', 404, 'GET /caf\\xe9/ HTTP/1.1'],
    ['a newline in the address', 'GET /a%0Ab%0d HTTP/1.1\r\nHost: x\r\n', 404, 'GET /a%0Ab%0d HTTP/1.1'],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: x\r\n', 405, 'TRACE / HTTP/1.1'],
    ['xmlrpc.php', 'POST /xmlrpc.php HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n', 403, 'POST /xmlrpc.php HTTP/1.1'],
    ['a file of the installation', 'GET /readme.html HTTP/1.1\r\nHost: x\r\n', 403, 'GET /readme.html HTTP/1.1'],
    ['a listing', 'GET /wp-includes/ HTTP/1.1\r\nHost: x\r\n', 404, 'GET /wp-includes/ HTTP/1.1'],
    ['the settings', 'GET /../wp-config.php HTTP/1.1\r\nHost: x\r\n', 400, 'GET /../wp-config.php HTTP/1.1'],
    [
      'the administration, from elsewhere',
      'GET /wp-admin/ HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\n',
      403,
      'GET /wp-admin/ HTTP/1.1',
    ],
    [
      'its sign-in, from elsewhere',
      'GET /wp-login.php HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\n',
      403,
      'GET /wp-login.php HTTP/1.1',
    ],
    [
      'the list of accounts',
      'GET /wp-json/wp/v2/users HTTP/1.1\r\nHost: x\r\n',
      403,
      'GET /wp-json/wp/v2/users HTTP/1.1',
    ],
  ])('%s is answered as it should be, and logged once', async (what, head, status, logged) => {
    const reply = await sendRaw(site().port, `${head}User-Agent: ${agentOf(what)}\r\nConnection: close\r\n\r\n`);

    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(reply).not.toMatch(/X-Clickstream-(User|Session)|X-Powered-By|Apache\/\d/i);
    const lines = await linesOf(agentOf(what), 1);
    expect(lines.map((line) => [line.request, line.status])).toEqual([[logged, status]]);
  });

  it.each([
    ['garbage', 'GARBAGE\r\n\r\n', 'GARBAGE', 400],
    ['a TLS handshake', '\x16\x03\x01\x00\xa5\x01\r\n\r\n', '\\x16\\x03\\x01', 400],
    [
      'an address of 9 kB',
      `GET /?${'q'.repeat(9000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      expect.stringMatching(/^GET \/\?q{8100}/),
      414,
    ],
    ['HTTP/0.9', 'GET /pricing/\r\n\r\n', 'GET /pricing/', 400],
  ])('%s is one line too', async (_what, bytes, request, status) => {
    const before = (await readLog()).length;

    await sendRaw(site().port, bytes);

    const added = async () => (await readLog()).slice(before);
    expect(await waitForLines(added, () => true, 1)).toEqual([expect.objectContaining({ request, status, user: '-' })]);
  });

  it('a client that sends half a request, and then waits, is answered with 408', async () => {
    const reply = await sendRaw(site().port, 'GET /slow/ HTTP/1.1\r\nHost: x\r\nCookie: session=secr');

    expect(reply).toMatch(/^HTTP\/1.1 408 /);
    expect(await waitForLines(readLog, (line) => line.status === 408, 1)).toHaveLength(1);
    expect(await readLog()).not.toContain('secr');
  });

  it('an IPv6 client is logged by its address', async () => {
    const reply = await sendRaw(
      site().port,
      'GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: unusual/six\r\nConnection: close\r\n\r\n',
      {
        host: '::1',
      },
    );

    expect(reply).toMatch(/^HTTP\/1.1 200 /);
    expect((await linesOf('unusual/six', 1))[0]?.host).toBe('::1');
  });

  it('a page links only to the host that the visitor asked for', async () => {
    const reply = await sendRaw(
      site().port,
      'GET /pricing/ HTTP/1.1\r\nHost: shop.example.org:8443\r\nConnection: close\r\n\r\n',
    );

    const hosts = new Set([...reply.matchAll(/(?:src|href)=["']https?:\/\/([^/"']+)/g)].map(([, host]) => host));
    hosts.delete('wordpress.org');
    expect([...hosts]).toEqual(['shop.example.org:8443']);
  });

  it('a form that was given to another visitor is refused', async () => {
    const browser = { origin: site().url, 'sec-fetch-site': 'same-origin' };
    const giver = new Visitor(site().url, { 'user-agent': 'unusual/giver', ...browser });
    const taker = new Visitor(site().url, { 'user-agent': 'unusual/taker', ...browser });
    const nonce = /name="_wpnonce" value="(\w+)"/.exec((await giver.get('/sign-up/')).body.toString())?.[1] ?? '';
    await taker.get('/');
    const fields = { user: 'unusual-taker', password: 'correct horse', _wpnonce: nonce };

    const [taken, none] = [
      await taker.post('/sign-up/', fields),
      await taker.post('/sign-up/', { ...fields, _wpnonce: '' }),
    ];
    const [own, again] = [await giver.post('/sign-up/', fields), await giver.post('/sign-up/', fields)];

    expect([taken.status, none.status, own.status, again.status]).toEqual([403, 403, 303, 409]);
    expect((await linesOf('unusual/giver', 3)).map((line) => line.user)).toEqual(['-', 'unusual-taker', '-']);
  });

  it('an address that tries too often is told to wait, and others are not', async () => {
    const from = (address: string) =>
      new Visitor(site().url, { 'user-agent': 'unusual/guess', 'x-forwarded-for': address });
    const guess = { user: 'nobody', password: 'a wrong guess' };

    const statuses: number[] = [];
    for (let i = 0; i < 21; i++) statuses.push((await from('198.51.100.7').post('/sign-in/', guess)).status);
    const refused = await from('198.51.100.7').post('/sign-up/', guess);
    const other = await from('198.51.100.8').post('/sign-in/', guess);
    const tool = new Visitor(site().url, { 'x-forwarded-for': '198.51.100.7', 'x-clickstream-token': TOKEN });

    expect(statuses).toEqual([...Array(20).fill(401), 429]);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(other.status).toBe(401);
    expect((await tool.post('/sign-in/', guess)).status).toBe(401);
  });

  it('two simultaneous sign-ins to one account both succeed', async () => {
    const user = 'unusual-twins';
    const one = new Visitor(site().url, { 'user-agent': 'unusual/twins', 'x-clickstream-token': TOKEN });
    await one.post('/sign-up/', { user, password: 'correct horse' });

    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const twin = new Visitor(site().url, { 'user-agent': 'unusual/twins', 'x-clickstream-token': TOKEN });
        await twin.post('/sign-in/', { user, password: 'correct horse' });
        await twin.get('/about/');
      }),
    );

    const lines = await linesOf('unusual/twins', 41);
    expect(lines.map((line) => line.user)).toEqual(Array(41).fill(user));
  });

  it('a name is signed up once, however many ask for it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        new Visitor(site().url, { 'x-clickstream-token': TOKEN }).post('/sign-up/', {
          user: i % 2 ? 'Some Name' : 'some name',
          password: 'correct horse',
        }),
      ),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array(19).fill(409)]);
  });

  it('PHP logged no error', async () => {
    await expect(readFile(join(folder(), 'log', 'php_log'), 'utf8')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('every line of all this is an event, with its own user', async () => {
    const log = await readLog();
    const { events, rejected } = await eventsOf(log);

    expect(rejected).toBe(0);
    expect(events).toHaveLength(log.trimEnd().split('\n').length);
    const signUps = events.filter(({ action, outcome }) => action === 'sign_up' && outcome === 'success');
    expect(signUps.map(({ username }) => username)).toEqual([
      'unusual-taker',
      'unusual-twins',
      expect.stringMatching(/^some name$/i),
    ]);
  });
});

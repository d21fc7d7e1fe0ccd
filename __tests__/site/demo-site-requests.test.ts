import fc from 'fast-check';
import { readLine, waitForLines } from '../support/log-line';
import { sendRaw } from '../support/raw-client';
import { useDemoSite } from '../support/use-demo-site';
import { Visitor } from '../support/visitor';

const { start, readLog, lines, lastLine } = useDemoSite();

describe('unusual requests', () => {
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
    const { port, close } = await start();

    const reply = await sendRaw(port, bytes);

    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const body = reply.slice(reply.indexOf('\r\n\r\n') + 4);
    await close();
    const [line, ...more] = (await readLog()).trimEnd().split('\n').map(readLine);
    expect(line).toMatchObject({ request: logged, status, bytes: String(body.length) });
    expect(more).toEqual([]);
  });

  it('a body of more than 64 KiB is answered with 413, declared or not', async () => {
    const { url } = await start();
    const visitor = new Visitor(url, { 'user-agent': 'x' });
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

  it('a client that disconnects in the middle of its form is logged once', async () => {
    const { port, url } = await start();
    const bytes = `GET / HTTP/1.1\r\n${HOST}\r\nPOST /sign-in/ HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\nuser=`;

    await sendRaw(port, bytes, { answers: 1 });
    await waitForLines(readLog, (line) => line.request.startsWith('POST'), 1);
    await new Visitor(url, { 'user-agent': 'x' }).get('/about/');

    expect((await lines(3)).map(({ request, status }) => [request, status])).toEqual([
      ['GET / HTTP/1.1', 200],
      ['POST /sign-in/ HTTP/1.1', 400],
      ['GET /about/ HTTP/1.1', 200],
    ]);
  });

  it('garbage after a good request gets its own line, which shows none of it', async () => {
    const { port } = await start();

    const reply = await sendRaw(port, `GET /about/ HTTP/1.1\r\n${HOST}\r\nGARBAGE\r\n\r\n`);

    expect(reply.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
    expect((await lines(2)).map(({ request, status }) => [request, status])).toEqual([
      ['GET /about/ HTTP/1.1', 200],
      ['-', 400],
    ]);
  });

  it('no bytes stop the site or break a line of its log', async () => {
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

    expect((await new Visitor(url, { 'user-agent': 'after' }).get('/')).status).toBe(200);
    expect(await waitForLines(readLog, (line) => line.agent === 'after', 1)).toHaveLength(1);
  });
});

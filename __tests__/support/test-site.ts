/** An in-memory site that keeps the contract, records its requests, and fails as a test requires. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly session: number | undefined;
  /** The user name that the site's log would have. */
  readonly user: string | undefined;
}

export interface TestSite {
  readonly url: string;
  /** In order of arrival, without the probe's requests, which belong to no run. */
  readonly seen: readonly Seen[];
  close(): Promise<void>;
}

export interface TestSiteOptions {
  readonly token?: string;
  readonly errorRoute?: boolean;
  /** Called before each reply to a request of a run. It may delay the reply, or send one itself and return `true`. */
  readonly before?: (request: IncomingMessage, response: ServerResponse, number: number) => Promise<boolean> | boolean;
}

interface Session {
  readonly number: number;
  user: string | undefined;
}

const PAGES = new Set([
  '/',
  '/products/',
  '/blog/',
  '/pricing/',
  '/about/',
  '/cart/',
  '/sign-up/',
  '/sign-in/',
  '/assets/site.css',
]);

export async function startTestSite({ token, errorRoute = true, before }: TestSiteOptions = {}): Promise<TestSite> {
  const seen: Seen[] = [];
  const sessions = new Map<string, Session>();
  const passwords = new Map<string, string>();
  let sessionCount = 0;
  let requestCount = 0;

  const openSession = (response: ServerResponse, session: Session) => {
    const secret = randomBytes(8).toString('hex');
    sessions.set(secret, session);
    response.setHeader('set-cookie', ['theme=light; Path=/', `session=${secret}; Path=/; HttpOnly`]);
  };

  const server = createServer(async (request, response) => {
    const atMs = performance.now();
    const isProbe = request.method === 'HEAD';
    const body = (await request.toArray()).join('');
    if (!isProbe && (await before?.(request, response, requestCount++))) return;
    const path = request.url ?? '';
    const bare = path.split('?', 1)[0] ?? '';
    const isStatic = bare.startsWith('/assets/');
    const secret = /(?:^|; )session=([0-9a-f]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    let session = sessions.get(secret);
    if (session === undefined && !isStatic) {
      session = { number: sessionCount++, user: undefined };
      openSession(response, session);
    }
    let user = isStatic ? undefined : session?.user;

    const form = new URLSearchParams(body);
    const [name, password] = [form.get('user') ?? '', form.get('password') ?? ''];
    const toStatus = (): number => {
      if (bare === '/demo-error/') {
        const isAllowed = token === undefined || request.headers['x-clickstream-token'] === token;
        return errorRoute && isAllowed ? 500 : 404;
      }
      if (request.headers['x-clickstream-error'] === '1') return 500;
      if (request.method === 'POST' && bare === '/cart/') return 303;
      if (bare === '/sign-out/' && session !== undefined) {
        session.user = undefined;
        return 303;
      }
      if (request.method !== 'POST')
        return PAGES.has(bare) || (/^\/products\/[a-z-]+\/$/.test(bare) && bare !== '/products/sold-out/') ? 200 : 404;
      if (bare === '/sign-up/') {
        if (name === '' || password.length < 8) return 422;
        if (passwords.has(name)) return 409;
        passwords.set(name, password);
        user = name;
        return 303;
      }
      if (bare !== '/sign-in/' || session === undefined) return 404;
      if (passwords.get(name) !== password) return 401;
      session.user = user = name;
      sessions.delete(secret);
      openSession(response, session);
      return 303;
    };
    const status = toStatus();
    const { method = '', headers } = request;
    if (!isProbe)
      seen.push({ atMs, method, path, status, headers, session: isStatic ? undefined : session?.number, user });
    response.writeHead(status, { 'content-type': 'text/html', 'x-echo': path });
    response.end(isProbe || status === 303 ? undefined : `<p>${path}</p>`);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

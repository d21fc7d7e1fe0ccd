/**
 * A small shop that stands in for the WordPress site: same addresses, same statuses, same log lines, and it needs only Node.
 * The contract is `__tests__/support/site-contract.ts`.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { reasonOf } from '../core/errors';
import { listen } from '../core/listen';
import { openAccessLog } from './demo/access-log';
import { ASSETS, type Asset } from './demo/assets';
import { Exchange, isLoopback } from './demo/exchange';
import { isForeign, readForm } from './demo/form';
import { createRoutes, faultReply, type Reply, type Routes } from './demo/routes';
import { Sessions, toSetCookie } from './demo/sessions';
import { answerUnparsed, type ParserFault, refuseTunnel } from './demo/unparsed';

export interface DemoSiteProps {
  /** 0 picks a free one. */
  readonly port: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** Appended to; its folder is created if it is missing. */
  readonly logFile: string;
  /**
   * Whether callers may ask for errors, with `GET /demo-error/` or on any page with `X-Clickstream-Error: <probability, 0 to 1>`,
   * and for slow answers, with `X-Clickstream-Delay: <milliseconds>` (10,000 at most; the answer repeats the header).
   * @default true
   */
  readonly demoErrors?: boolean;
  /** Callers must send `X-Clickstream-Token: <this>` to ask for them. @default callers on this machine may, without a token */
  readonly errorToken?: string;
  /** How long a request may take to arrive completely, in seconds. @default 20 */
  readonly requestSeconds?: number;
  /** Called with each problem that needs a person, in one sentence. @default stderr */
  readonly warn?: (message: string) => void;
}

export interface DemoSite {
  /** `http://127.0.0.1:8080`, no slash at its end. */
  readonly url: string;
  readonly port: number;
  /** Reopens the log by its name, after it was renamed. @throws ToolkitError LOG_NOT_WRITABLE */
  reopenLog(): void;
  /** Finishes the requests in progress, for two seconds at most; then every line is in the log. May be called again. */
  close(): Promise<void>;
}

/** Sessions kept at most, some 20 MB; the least recently used is dropped first. */
const SESSIONS = 50_000;
const TARGET_CHARACTERS = 8190;
const DRAIN_MS = 2000;
const MAX_DELAY_MS = 10_000;

/** @throws ToolkitError PORT_TAKEN, LISTEN_FAILED, LOG_NOT_WRITABLE */
export async function startDemoSite(props: DemoSiteProps): Promise<DemoSite> {
  const { port, host = '127.0.0.1', logFile, requestSeconds = 20, warn = warnOnStderr } = props;
  const log = openAccessLog(logFile, warn);
  const sessions = new Sessions(SESSIONS);
  const routes = createRoutes(sessions);
  const latest = new WeakMap<Socket, Exchange>();

  const begin = (request: IncomingMessage, response: Exchange['response']) => {
    const exchange = new Exchange(request, response, log);
    latest.set(request.socket, exchange);
    return exchange;
  };
  const server = createServer({
    requestTimeout: requestSeconds * 1000,
    headersTimeout: requestSeconds * 1000,
    connectionsCheckingInterval: Math.min(1000, requestSeconds * 250),
    // Longer than clients leave a connection idle, so that the client closes it.
    keepAliveTimeout: 65_000,
    // node's 400 would not be logged.
    requireHostHeader: false,
  });
  const onRequest = (request: IncomingMessage, response: Exchange['response']) => {
    const exchange = begin(request, response);
    afterDelay(exchange, props, () => answer(exchange, { props, sessions, routes, warn }));
  };
  server.on('request', onRequest);
  server.on('checkExpectation', onRequest);
  server.on('connect', (request: IncomingMessage) => refuseTunnel(begin(request, undefined)));
  server.on('clientError', (fault: ParserFault, socket: Socket) =>
    answerUnparsed(fault, socket, latest.get(socket), log),
  );

  const bound = await listen(server, { what: 'the demo site', host, port, option: '--port' }).catch((error) => {
    log.close();
    throw error;
  });
  server.on('error', (error) => warn(`The demo site cannot take a connection: ${reasonOf(error)}.`));
  let closed: Promise<void> | undefined;
  return {
    ...bound,
    reopenLog: () => log.reopen(),
    close: () => {
      closed ??= drain(server).then(() => log.close());
      return closed;
    },
  };
}

interface Site {
  readonly props: DemoSiteProps;
  readonly sessions: Sessions;
  readonly routes: Routes;
  readonly warn: (message: string) => void;
}

/** Continues at once without a delay, and when the client disconnects during one: its line must be in the log. */
function afterDelay({ request, response }: Exchange, props: DemoSiteProps, then: () => void): void {
  const asked = request.headers['x-clickstream-delay'];
  const delayMs = asked === undefined || !mayBreak(request, props) ? 0 : Math.min(MAX_DELAY_MS, Number(asked));
  if (!(delayMs > 0)) {
    then();
    return;
  }
  response?.setHeader('x-clickstream-delay', delayMs);
  const go = () => {
    clearTimeout(timer);
    request.socket.off('close', go);
    then();
  };
  const timer = setTimeout(go, delayMs);
  request.socket.on('close', go);
}

function answer(exchange: Exchange, site: Site): void {
  try {
    const reply = toReply(exchange, site);
    if (!(reply instanceof Promise)) send(exchange, reply);
    else reply.then((settled) => send(exchange, settled)).catch((error) => fail(exchange, error, site));
  } catch (error) {
    fail(exchange, error, site);
  }
}

function toReply(exchange: Exchange, { props, sessions, routes }: Site): Reply | Promise<Reply> {
  const { request } = exchange;
  const { method = '', url = '', headers } = request;
  const { path, query } = parseTarget(url);
  const isRead = method === 'GET' || method === 'HEAD';
  const asset = ASSETS.get(path);
  if (isRead && asset !== undefined) return assetReply(asset, headers['if-none-match']);
  if (isRead && path === '/health') return plainReply(200, 'ok\n');
  if (headers.host === undefined && request.httpVersion === '1.1') return plainReply(400, 'A Host is missing.\n');

  const known = sessions.find(headers.cookie);
  const session = known ?? sessions.create();
  exchange.session = session;
  exchange.secret = known?.secret;
  exchange.user = session.user;
  if (url.length > TARGET_CHARACTERS) return faultReply({ session }, 414);
  if (!isRead && method !== 'POST') return faultReply({ session }, 405, { allow: 'GET, HEAD, POST' });
  if (mayBreak(request, props)) {
    if (path === '/demo-error/' || Math.random() < Number(headers['x-clickstream-error']))
      return faultReply({ session }, 500);
  }
  return routes({
    method: isRead ? 'GET' : 'POST',
    path,
    query,
    session,
    onlyLooks: method === 'HEAD' || isForeign(request),
    form: () => readForm(request),
  });
}

const SECURITY_HEADERS: OutgoingHttpHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  // Referers within the site give the visitor's path.
  'referrer-policy': 'same-origin',
};

function send(exchange: Exchange, { status, body, headers, user }: Reply): void {
  const { request, response, session } = exchange;
  const hasBody = status !== 304 && request.method !== 'HEAD';
  const bytes = Buffer.byteLength(body);
  if (user !== undefined) exchange.user = user;
  const head: OutgoingHttpHeaders = {
    ...SECURITY_HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'private, no-cache',
    ...headers,
  };
  if (status !== 304) head['content-length'] = bytes;
  if (session !== undefined && session.secret !== exchange.secret) head['set-cookie'] = toSetCookie(session);
  response?.writeHead(status, head).end(hasBody ? body : undefined);
  exchange.finish(status, hasBody ? bytes : 0);
}

function fail(exchange: Exchange, error: unknown, { warn }: Site): void {
  const { request, response, session } = exchange;
  if (!request.complete) {
    // The client disconnected in the middle of its request: there is nobody to answer.
    exchange.finish(400, 0);
    request.socket.destroy();
    return;
  }
  warn(`The demo site could not answer a request: ${reasonOf(error)}.`);
  if (response?.headersSent) request.socket.destroy();
  else send(exchange, session === undefined ? plainReply(500, 'Server error\n') : faultReply({ session }, 500));
}

function assetReply({ type, body, etag }: Asset, known: string | undefined): Reply {
  const headers = { 'content-type': type, 'cache-control': 'public, max-age=300', etag };
  return known === etag ? { status: 304, body: '', headers } : { status: 200, body, headers };
}

const plainReply = (status: number, body: string): Reply => ({
  status,
  body,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
});

/** The target may be a whole address (`GET http://host/path`), as sent to a proxy. */
function parseTarget(url: string): { path: string; query: string } {
  const target = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = target.indexOf('?');
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

function mayBreak({ headers, socket }: IncomingMessage, { demoErrors = true, errorToken }: DemoSiteProps): boolean {
  if (!demoErrors) return false;
  if (errorToken === undefined) return isLoopback(socket.remoteAddress);
  const given = Buffer.from(String(headers['x-clickstream-token'] ?? ''));
  const wanted = Buffer.from(errorToken);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const end = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(end);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function warnOnStderr(message: string): void {
  process.stderr.write(`${message}\n`);
}

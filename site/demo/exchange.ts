import { randomBytes } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { isIP } from 'node:net';
import { renderLogLine } from '../../click/log-format';
import type { AccessLog } from './access-log';
import type { Session } from './sessions';

/** One request and its answer. Whatever becomes of it, it gets exactly one line in the log. */
export class Exchange {
  readonly request: IncomingMessage;
  /** Undefined if the client asked for a tunnel. */
  readonly response: ServerResponse | undefined;
  /** Set by the application; static files have no session. */
  session: Session | undefined;
  /** The secret in the visitor's cookie, if it belongs to a session. */
  secret: string | undefined;
  /** The user in the log line. */
  user: string | undefined;
  readonly #log: AccessLog;
  readonly #time = new Date();
  readonly #startedMs = performance.now();
  #isLogged = false;

  constructor(request: IncomingMessage, response: ServerResponse | undefined, log: AccessLog) {
    this.request = request;
    this.response = response;
    this.#log = log;
  }

  /** Writes the log line; further calls do nothing. @param bytes of the body. */
  finish(status: number, bytes: number): void {
    if (this.#isLogged) return;
    this.#isLogged = true;
    const { method, url, httpVersion, headers, socket } = this.request;
    this.#log.write(
      renderLogLine({
        host: clientOf(socket.remoteAddress, headers['x-forwarded-for']),
        time: this.#time,
        request: httpVersion === '0.9' ? `${method} ${url}` : `${method} ${url} HTTP/${httpVersion}`,
        status,
        bytes,
        referer: headers.referer,
        userAgent: headers['user-agent'],
        user: this.user,
        session: this.session?.logId,
        id: nextRequestId(),
        durationUs: Math.round((performance.now() - this.#startedMs) * 1000),
        site: headers.host,
        encoding: 'latin1',
      }),
    );
  }
}

/** The peer's address; if the peer is a proxy on this machine, the address that it forwards for, as with mod_remoteip. */
export function clientOf(peer: string | undefined, forwardedFor?: string | string[]): string {
  const address = peer?.replace(/^::ffff:(?=\d+\.)/, '') ?? '';
  const forwarded = isLoopback(address) && typeof forwardedFor === 'string' ? forwardedFor.trim() : '';
  return isIP(forwarded) === 0 ? address : forwarded;
}

export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address));
}

/** 72 random bits for this process, then a count: unique even where several sites write into one pipeline. */
const requestIdPrefix = randomBytes(9).toString('base64url');
let requestCount = 0;

/** 24 characters of base64url, like Apache's UNIQUE_ID (which has 24 or 27); never the same twice. */
export function nextRequestId(): string {
  requestCount += 1;
  return requestIdPrefix + requestCount.toString(36).padStart(12, '0');
}

/** A complete reply for a connection whose request could not be parsed; the connection is closed after it. */
export function rawReply(status: number): { readonly text: string; readonly bytes: number } {
  const reason = STATUS_CODES[status] ?? 'Error';
  const body = `${status} ${reason}\n`;
  const allow = status === 405 ? 'Allow: GET, HEAD, POST\r\n' : '';
  const head = `HTTP/1.1 ${status} ${reason}\r\n${allow}Content-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  return { text: head + body, bytes: body.length };
}

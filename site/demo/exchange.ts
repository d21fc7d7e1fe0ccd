import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { isIP } from 'node:net';
import { renderLogLine } from '../../click/log-format';
import type { AccessLog } from './access-log';
import { nextRequestId } from './request-id';
import type { Session } from './sessions';

/** One request and its answer: whatever becomes of it, exactly one line in the log. */
export class Exchange {
  readonly request: IncomingMessage;
  /** None where the client asked for a tunnel. */
  readonly response: ServerResponse | undefined;
  /** Set by the application; static files have none. */
  session: Session | undefined;
  /** The secret that the visitor's cookie held, if it is a session's. */
  secret: string | undefined;
  /** Who the line names. */
  user: string | undefined;
  private readonly log: AccessLog;
  private readonly time = new Date();
  private readonly startedMs = performance.now();
  private logged = false;

  constructor(request: IncomingMessage, response: ServerResponse | undefined, log: AccessLog) {
    this.request = request;
    this.response = response;
    this.log = log;
  }

  /** Writes the line; a second call is none. @param bytes of the body. */
  finish(status: number, bytes: number): void {
    if (this.logged) return;
    this.logged = true;
    const { method, url, httpVersion, headers, socket } = this.request;
    this.log.write(
      renderLogLine({
        host: clientOf(socket.remoteAddress, headers['x-forwarded-for']),
        time: this.time,
        request: httpVersion === '0.9' ? `${method} ${url}` : `${method} ${url} HTTP/${httpVersion}`,
        status,
        bytes,
        referer: headers.referer,
        userAgent: headers['user-agent'],
        user: this.user,
        session: this.session?.logId,
        id: nextRequestId(),
        durationUs: Math.round((performance.now() - this.startedMs) * 1000),
        site: headers.host,
        encoding: 'latin1',
      }),
    );
  }
}

/** The peer; where that is this machine, the one address that it forwards for, as mod_remoteip would. */
export function clientOf(peer: string | undefined, forwardedFor?: string | string[]): string {
  const address = peer?.replace(/^::ffff:(?=\d+\.)/, '') ?? '';
  const forwarded = isLoopback(address) && typeof forwardedFor === 'string' ? forwardedFor.trim() : '';
  return isIP(forwarded) === 0 ? address : forwarded;
}

export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address));
}

/** A whole answer for a connection whose request no parser understood: it is closed after it. */
export function rawReply(status: number): { readonly text: string; readonly bytes: number } {
  const reason = STATUS_CODES[status] ?? 'Error';
  const body = `${status} ${reason}\n`;
  const allow = status === 405 ? 'Allow: GET, HEAD, POST\r\n' : '';
  const head = `HTTP/1.1 ${status} ${reason}\r\n${allow}Content-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  return { text: head + body, bytes: body.length };
}

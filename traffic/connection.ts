/**
 * One connection to the site: autocannon's client, held so that it sends only what it is given, one request at a time.
 *
 * The client on its own sends as soon as it can, reconnects by itself and then hands replies to the wrong requests. Here
 * a connection has at most one request; with the first close, reset or time-out it is gone, and its request with it. So a
 * reply belongs to its request whatever the site does.
 */
import Client from 'autocannon/lib/httpClient';
import type { Loss } from './output';

export type Reply =
  | { readonly ok: true; readonly status: number; readonly setCookies: readonly string[] }
  | { readonly ok: false; readonly loss: Loss };

export interface Target {
  readonly url: URL;
  readonly timeoutSeconds: number;
}

export interface Connection {
  /** Resolves when it is connected, or will never be. */
  readonly opened: Promise<void>;
  readonly isOpen: boolean;
  /** Only when it is open and the last request has had its reply. @param text of the whole request, ASCII. */
  send(text: string, onReply: (reply: Reply) => void): void;
  /** The request that has no reply yet is lost: `cut`. */
  close(): void;
}

const NO_HEAD: Client.ReplyHead = { statusCode: 0, headers: [], shouldKeepAlive: false };

export function openConnection({ url, timeoutSeconds }: Target): Connection {
  let waiting: ((reply: Reply) => void) | undefined;
  let head = NO_HEAD;
  let fault: NodeJS.ErrnoException | undefined;
  let isOpen = true;

  const client = new Client({
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
    timeout: timeoutSeconds,
    setupClient: (client) => {
      client._doRequest = () => {};
      // In place of the client's queue, which has no end, keeps every body as text and fails on a reply that nobody asked for.
      client.pipelinedRequests = {
        insertRequest: () => {},
        setHeaders: (received) => {
          head = received;
        },
        addBody: () => {},
        addByteCount: () => {},
        terminateRequest: () => ({ req: undefined, headers: head, body: '', bytes: 0, duration: 0 }),
        clear: () => {},
      };
    },
  });
  client.conn.setNoDelay(true);

  const settle = (reply: Reply) => {
    const onReply = waiting;
    waiting = undefined;
    onReply?.(reply);
  };
  const leave = (loss: Loss) => {
    if (!isOpen) return;
    isOpen = false;
    client.destroy();
    settle({ ok: false, loss });
  };

  client.on('connError', (error: NodeJS.ErrnoException) => {
    fault = error;
  });
  client.on('response', (status: number) => {
    // 1xx only announces the reply.
    if (status < 200) return;
    // A reply that nobody asked for (a 408 before the server closes): what comes next could not be told apart either.
    if (waiting === undefined || !head.shouldKeepAlive) {
      isOpen = false;
      client.destroy();
    }
    settle({ ok: true, status, setCookies: setCookiesOf(head) });
  });
  // Called wherever the client would connect anew: after an error, at the end of the stream, after its time-out.
  client._connect = () => {
    if (fault !== undefined) return leave(fault.code === 'ECONNRESET' || fault.code === 'EPIPE' ? 'reset' : 'refused');
    if (client.conn.destroyed) return leave('timeout');
    // A body without a length ends with the connection.
    client.parser.finish();
    leave('closed');
  };

  // `secureConnect` comes after it, where there is TLS.
  const opened = new Promise<void>((resolve) => client.conn.once('connect', resolve).once('close', () => resolve()));
  return {
    opened,
    get isOpen() {
      return isOpen;
    },
    send(text, onReply) {
      waiting = onReply;
      head = NO_HEAD;
      // As the client itself does it, but for its builder of requests, which would cost more than all the rest.
      client.conn.write(text, 'latin1');
      client.timeoutTicker.reschedule(client.timeout);
    },
    close: () => leave('cut'),
  };
}

const NO_COOKIES: readonly string[] = [];

function setCookiesOf({ headers }: Client.ReplyHead): readonly string[] {
  let cookies = NO_COOKIES;
  for (let place = 0; place < headers.length; place += 2) {
    const name = headers[place] as string;
    if (name.length !== SET_COOKIE.length || name.toLowerCase() !== SET_COOKIE) continue;
    cookies = [...cookies, headers[place + 1] as string];
  }
  return cookies;
}

const SET_COOKIE = 'set-cookie';

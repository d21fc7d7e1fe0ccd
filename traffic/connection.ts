/**
 * One connection to the site: autocannon's client, restricted to sending what it is given, one request at a time.
 *
 * Left alone, the client sends as fast as it can, reconnects by itself and then gives replies to the wrong requests. Here a
 * connection has at most one request, and the first close, reset or time-out ends both. So a reply always belongs to its
 * request, whatever the site does.
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
  /** Resolves once it is connected, or has failed to connect. */
  readonly opened: Promise<void>;
  readonly isOpen: boolean;
  /** Call it only while the connection is open and no request is under way. @param text the whole request, ASCII. */
  send(text: string, onReply: (reply: Reply) => void): void;
  /** A request under way is lost, as `cut`. */
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
      // Replaces the client's queue, which never ends, keeps every body as text and throws on an unsolicited reply.
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
    // 1xx is not the reply yet.
    if (status < 200) return;
    // After an unsolicited reply (a 408 before the server closes) the next one could not be told apart.
    if (waiting === undefined || !head.shouldKeepAlive) {
      isOpen = false;
      client.destroy();
    }
    settle({ ok: true, status, setCookies: setCookiesOf(head) });
  });
  // The client calls this to reconnect: after an error, at the end of the stream, after its time-out.
  client._connect = () => {
    if (fault !== undefined) return leave(fault.code === 'ECONNRESET' || fault.code === 'EPIPE' ? 'reset' : 'refused');
    if (client.conn.destroyed) return leave('timeout');
    // A body without a length ends with the connection.
    client.parser.finish();
    leave('closed');
  };

  // With TLS, `secureConnect` follows.
  const opened = new Promise<void>((resolve) => client.conn.once('connect', resolve).once('close', () => resolve()));
  return {
    opened,
    get isOpen() {
      return isOpen;
    },
    send(text, onReply) {
      waiting = onReply;
      head = NO_HEAD;
      // What the client does, without its request builder, which costs more than everything else together.
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

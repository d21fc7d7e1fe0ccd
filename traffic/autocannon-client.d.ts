/** autocannon's HTTP client, which its own types leave out: the parts that `connection.ts` uses, as of 9.0.0. */
declare module 'autocannon/lib/httpClient' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';

  class Client extends EventEmitter {
    constructor(options: Client.Options);
    readonly conn: Socket;
    /** In milliseconds. */
    readonly timeout: number;
    readonly timeoutTicker: { reschedule(ms: number): void };
    readonly parser: { finish(): unknown };
    pipelinedRequests: {
      insertRequest(request: unknown): void;
      setHeaders(head: Client.ReplyHead): void;
      addBody(body: Buffer): void;
      addByteCount(bytes: number): void;
      terminateRequest(): { req: undefined; headers: Client.ReplyHead; body: string; bytes: number; duration: number };
      clear(): void;
    };
    _connect: () => void;
    _doRequest: () => void;
    destroy(): void;
  }

  namespace Client {
    interface Options {
      readonly protocol: string;
      readonly hostname: string;
      readonly port: number;
      readonly timeout: number;
      readonly setupClient: (client: Client) => void;
    }

    interface ReplyHead {
      readonly statusCode: number;
      /** Names and values alternate. */
      readonly headers: readonly string[];
      readonly shouldKeepAlive: boolean;
    }
  }

  export = Client;
}

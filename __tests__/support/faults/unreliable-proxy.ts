import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What becomes of one request: `reset` before it is passed on; `lost`, its reply never arrives; `cut`, half of its reply does;
 * `late`, its reply arrives after the sender has given up.
 */
export type Mishap = 'none' | 'reset' | 'lost' | 'cut' | 'late';

export interface UnreliableProxy {
  readonly url: URL;
  /** Decides for the n-th request, from 0. */
  mishapOf: (request: number) => Mishap;
  /** How many there were of each. */
  readonly mishaps: Map<Mishap, number>;
  close(): Promise<void>;
}

/** Longer than a sender waits for a reply. */
const LATE_MS = 32_000;

/** A proxy before an HTTP endpoint. */
export async function openUnreliableProxy(target: URL): Promise<UnreliableProxy> {
  let requests = 0;
  const mishaps = new Map<Mishap, number>();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const mishap = proxy.mishapOf(requests++);
    mishaps.set(mishap, (mishaps.get(mishap) ?? 0) + 1);
    if (mishap === 'reset') return void request.socket.destroy();
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const reply = await fetch(target, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body: Buffer.concat(chunks),
    });
    const body = Buffer.from(await reply.arrayBuffer());
    if (mishap === 'lost') return void request.socket.destroy();
    if (mishap === 'late') await sleep(LATE_MS);
    const type = reply.headers.get('content-type') ?? '';
    response.writeHead(reply.status, { 'content-type': type, 'content-length': body.length });
    if (mishap !== 'cut') return void response.end(body);
    response.write(body.subarray(0, body.length >> 1), () => request.socket.destroy());
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: UnreliableProxy = {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    mishapOf: () => 'none',
    mishaps,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

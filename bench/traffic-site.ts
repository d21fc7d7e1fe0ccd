/** A small local server, a child process of `bench/traffic.ts`: answers at once or after a delay, and records when each request came. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const MAX_ARRIVALS = 4_000_000;

const delayMs = Number(process.argv[2]);
const body = Buffer.from(`<!doctype html><title>A page</title>${'<p>Shoes, jackets and lights.</p>'.repeat(20)}`);
const arrivals = new Float64Array(MAX_ARRIVALS);
let count = 0;

const server = createServer({ keepAliveTimeout: 65_000 }, ({ method, url, headers }, response) => {
  const isProbe = method === 'HEAD';
  if (!isProbe && count < MAX_ARRIVALS) arrivals[count++] = performance.timeOrigin + performance.now();
  const answer = () => {
    const redirects = method === 'POST' || url === '/sign-out/';
    response.writeHead(url === '/demo-error/' ? 500 : redirects ? 303 : 200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      ...(headers.cookie === undefined ? { 'set-cookie': `session=${count.toString(16)}; Path=/; HttpOnly` } : {}),
    });
    response.end(isProbe ? undefined : body);
  };
  if (delayMs === 0) answer();
  else setTimeout(answer, delayMs);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));

/** Any message asks for the arrivals since the previous one. */
process.on('message', () => {
  process.send?.(Array.from(arrivals.subarray(0, count)));
  count = 0;
});

/** The HTTP output: connections that are opened before the clock starts. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { toHttpOutput } from '../../traffic/outputs/http-output';
import { planRequests } from '../../traffic/plan';

let close = () => {};
afterEach(() => close());

/** @returns how many connections were open when the clock started. */
async function connectionsAtStart(startRate: number, replyMs: number): Promise<number> {
  let atStart = -1;
  const server = createServer(({ method }, response) => {
    if (method === 'HEAD') setTimeout(() => response.end(), replyMs);
    else response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => server.closeAllConnections();
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const output = toHttpOutput({ url, run: 'r7', needs: {}, startRate, timeoutSeconds: 5, maxConnections: 300 });

  await output.probe();
  await output.run(planRequests({ seed: 'monday', rate: 100, errors: 0, users: 10, requests: 3 }), {
    onStart: () => {
      atStart = output.connections ?? -1;
    },
    onSent: () => {},
    onAnswer: () => {},
    onLost: () => {},
  });
  server.close();
  return atStart;
}

it('opens as many connections as a slow site needs at this rate, within the limit', async () => {
  expect(await connectionsAtStart(2000, 120)).toBeGreaterThanOrEqual(280);
  expect(await connectionsAtStart(5000, 120)).toBe(300);
});

it('opens none if few are needed, since an idle connection may keep visitors out', async () => {
  expect(await connectionsAtStart(50, 120)).toBe(0);
});

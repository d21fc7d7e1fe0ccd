/** One run of traffic or of plain autocannon, as a child process of `bench/traffic.ts`. Sends its parent the result, and the share of a core
 * that the process took from the probe to the last reply. */
import { type RunOptions, runTraffic } from '../traffic/run-traffic';

export interface RunOrder {
  readonly tool: 'traffic' | 'autocannon';
  readonly options: RunOptions & { readonly url: string; readonly seconds: number };
}

process.once('message', async ({ tool, options }: RunOrder) => {
  const startMs = performance.now();
  const before = process.cpuUsage();
  const result = tool === 'traffic' ? await runTraffic(options) : await runPlain(options);
  const { user, system } = process.cpuUsage(before);
  const cpuShare = (user + system) / 1000 / (performance.now() - startMs);
  process.send?.({ result, cpuShare });
  process.disconnect();
});

/** Requests one page over and over, with as many connections. */
async function runPlain({ url, seconds, connections = 64 }: RunOrder['options']) {
  // Loaded only here, so that it does not count against traffic.
  const { default: autocannon } = await import('autocannon');
  const { requests } = await autocannon({ url: `${url}/products/`, connections, duration: seconds });
  return { rate: requests.average };
}

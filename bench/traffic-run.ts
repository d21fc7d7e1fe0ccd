/** One run of the traffic, or of plain autocannon, in a process of its own, for `bench/traffic.ts`: its result goes to the parent, and which share
 * of a core it took: all of the process, from the probe to the last reply, while it lasted. */
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

/** The same page again and again, with as many connections. */
async function runPlain({ url, seconds, connections = 64 }: RunOrder['options']) {
  // Only here: what it costs to load is none of the traffic's.
  const { default: autocannon } = await import('autocannon');
  const { requests } = await autocannon({ url: `${url}/products/`, connections, duration: seconds });
  return { rate: requests.average };
}

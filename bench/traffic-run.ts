/** One run of the traffic, or of plain autocannon, in a process of its own, for `bench/traffic.ts`: its result and its CPU time go to the parent. */
import autocannon from 'autocannon';
import { type RunOptions, runTraffic } from '../traffic/run-traffic';

export interface RunOrder {
  readonly tool: 'traffic' | 'autocannon';
  readonly options: RunOptions & { readonly url: string; readonly seconds: number };
}

process.once('message', async ({ tool, options }: RunOrder) => {
  const result = tool === 'traffic' ? await runTraffic(options) : await runPlain(options);
  const { user, system } = process.cpuUsage();
  process.send?.({ result, cpuSeconds: (user + system) / 1e6 });
  process.disconnect();
});

/** The same page again and again, with as many connections. */
async function runPlain({ url, seconds, connections = 64 }: RunOrder['options']) {
  const { requests } = await autocannon({ url: `${url}/products/`, connections, duration: seconds });
  return { rate: requests.average };
}

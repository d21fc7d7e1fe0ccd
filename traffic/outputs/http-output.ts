import { ConnectionPool } from '../connection-pool';
import { type DriverOptions, driveTraffic } from '../driver';
import type { TrafficOutput } from '../output';
import { type ProbeOptions, probeSite } from '../probe-site';

export interface HttpOutputOptions
  extends Omit<DriverOptions, 'signal' | 'warmConnections'>,
    Pick<ProbeOptions, 'needs'> {
  /** Requests a second at the start; with the time of a reply, it decides how many connections to open. */
  readonly startRate: number;
}

/** Opens a little more connections than are busy on average, since replies vary. */
const SPARE = 1.2;
/**
 * Fewer connections open quickly enough when they are needed. And idle connections can hurt: if each has a process to itself
 * (Apache's prefork), idle ones keep visitors out.
 */
const WORTH_WARMING = 200;

/** Sends the requests to a site: the default output. */
export function toHttpOutput({ needs, startRate, ...options }: HttpOutputOptions): TrafficOutput {
  const pool = new ConnectionPool(options);
  const { url, token, max } = options;
  let warmConnections = 0;
  return {
    async probe() {
      const { replyMs } = await probeSite({ url, token, needs });
      const needed = Math.ceil((startRate * replyMs * SPARE) / 1000);
      if (max === undefined && needed >= WORTH_WARMING) warmConnections = needed;
    },
    async run(plan, recorder, signal) {
      const { retried, ...result } = await driveTraffic(plan, { ...options, warmConnections, signal }, recorder, pool);
      return { ...result, figures: { retried, connections: pool.most } };
    },
    get connections() {
      return pool.open;
    },
  };
}

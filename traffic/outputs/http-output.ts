import { ConnectionPool } from '../connection-pool';
import { type DriverOptions, driveTraffic } from '../driver';
import type { TrafficOutput } from '../output';
import { type ProbeOptions, probeSite } from '../probe-site';

export interface HttpOutputOptions
  extends Omit<DriverOptions, 'signal' | 'warmConnections'>,
    Pick<ProbeOptions, 'needs'> {
  /** Requests a second at the start: with the time that a reply takes, how many connections it needs. */
  readonly startRate: number;
}

/** A little more than what is busy at any time: replies vary. */
const SPARE = 1.2;
const LEAST_CONNECTIONS = 4;

/** The requests themselves, to a site: the output that is the rule. */
export function toHttpOutput({ needs, startRate, ...options }: HttpOutputOptions): TrafficOutput {
  const pool = new ConnectionPool(options);
  const { url, token, max, maxConnections } = options;
  let warmConnections = max === undefined ? LEAST_CONNECTIONS : maxConnections;
  return {
    async probe() {
      const { replyMs } = await probeSite({ url, token, needs });
      if (max === undefined) warmConnections += Math.ceil((startRate * replyMs * SPARE) / 1000);
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

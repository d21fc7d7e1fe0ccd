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
/**
 * Fewer are opened in no time when they are needed. And an idle connection is no gift to every server: where each has a
 * process to itself (Apache's prefork), those that wait for nothing keep the visitors out.
 */
const WORTH_WARMING = 200;

/** The requests themselves, to a site: the output that is the rule. */
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

import type { ConnectionPool } from '../connection-pool';
import { type DriverOptions, driveTraffic } from '../driver';
import type { TrafficOutput } from '../output';
import { type ProbeOptions, probeSite } from '../probe-site';

export type HttpOutputOptions = Omit<DriverOptions, 'signal'> & Pick<ProbeOptions, 'needs'>;

/** The requests themselves, to a site: the output that is the rule. */
export function toHttpOutput({ needs, ...options }: HttpOutputOptions): TrafficOutput {
  let pool: ConnectionPool | undefined;
  return {
    probe: () => probeSite({ url: options.url, token: options.token, needs }),
    run: (plan, recorder, signal) => {
      const drive = driveTraffic(plan, { ...options, signal }, recorder);
      pool = drive.pool;
      return drive.result;
    },
    get connections() {
      return pool?.open ?? 0;
    },
  };
}

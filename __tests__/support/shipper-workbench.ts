import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FirehoseSink } from '../../shipper/firehose-sink';
import { type Shipper, type ShipperProps, startShipper } from '../../shipper/shipper';
import { type Endpoint, openEndpoint } from './shipper-endpoint';

/** A folder, an endpoint, and shippers that are stopped when a test ends. */
export interface Workbench {
  readonly folder: string;
  readonly endpoint: Endpoint;
  readonly warnings: string[];
  path(name: string): string;
  start(props?: Partial<ShipperProps>): Shipper;
  /** A whole run in `once` mode. */
  ship(props?: Partial<ShipperProps>): Promise<Shipper>;
  close(): Promise<void>;
}

export async function openWorkbench(): Promise<Workbench> {
  const folder = mkdtempSync(join(tmpdir(), 'shipper-'));
  const endpoint = await openEndpoint();
  const warnings: string[] = [];
  const running: Shipper[] = [];
  const path = (name: string) => join(folder, name);
  const start = (props: Partial<ShipperProps> = {}) => {
    const warn = (sentence: string) => warnings.push(sentence);
    const shipper = startShipper({
      patterns: [path('access_log*')],
      sink: new FirehoseSink({
        deliveryStream: 'clicks',
        endpoint: endpoint.url,
        noteFile: path('in-flight.json'),
        warn,
      }),
      checkpointFile: path('checkpoint.json'),
      rejectFolder: path('rejects'),
      warn,
      ...props,
    });
    shipper.finished.catch(() => {}); // The test that expects a failure awaits it itself.
    running.push(shipper);
    return shipper;
  };
  return {
    folder,
    endpoint,
    warnings,
    path,
    start,
    ship: async (props) => {
      const shipper = start({ once: true, ...props });
      await shipper.finished;
      return shipper;
    },
    close: async () => {
      endpoint.release();
      await Promise.all(running.map((shipper) => shipper.stop()));
      await endpoint.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `count` different access lines, each about 100 bytes, with their newlines. */
export function accessLines(name: string, count: number, from = 0): string[] {
  const rest = '127.0.0.1 - - [24/Nov/2026:01:02:03 +0000] "GET /products/ HTTP/1.1" 200 2326';
  return Array.from({ length: count }, (_, index) => `${name} ${from + index} ${rest}\n`);
}

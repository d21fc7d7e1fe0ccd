/** A thread that sends records into a delivery stream: signing and encoding them takes more time than making them. */
import { workerData } from 'node:worker_threads';
import { openRecordPutter } from '../../core/put-records';
import { packError, serve } from '../../core/worker-thread';
import { PutQueue } from './put-queue';

// The AWS SDK's notice about Node 20 is for those who choose the SDK's version, not for those who run this.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

export interface WorkerOptions {
  readonly stream: string;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly calls: number;
  readonly patienceMs: number;
}

const opening = openQueue(workerData as WorkerOptions);
opening.catch(() => {}); // The answer to `open` tells.

async function openQueue({ stream, endpoint, region, calls, patienceMs }: WorkerOptions): Promise<PutQueue> {
  const url = endpoint === undefined ? undefined : new URL(endpoint);
  return new PutQueue({ putter: await openRecordPutter({ stream, endpoint: url, region }), calls, patienceMs });
}

const handlers = {
  /** @throws ToolkitError FIREHOSE_REFUSED. */
  async open() {
    await opening;
    return { value: undefined };
  },
  async put({ bytes, ends }: { readonly bytes: Uint8Array; readonly ends: Uint32Array }) {
    const queue = await opening;
    const { fates, error } = await queue.put(bytes, ends);
    return { value: { fates, figures: queue.figures, error: error && packError(error) } };
  },
  async stop(cutMs: number) {
    (await opening).stop(cutMs);
    return { value: undefined };
  },
};
export type FirehoseWorker = typeof handlers;

serve(handlers);

/** A thread that brings records into a delivery stream: to sign and encode them takes more time than to make them. */
import { parentPort, workerData } from 'node:worker_threads';
import { ToolkitError } from '../../core/errors';
import { openRecordPutter } from '../../core/put-records';
import { type PutFigures, PutQueue } from './put-queue';

// The AWS SDK's notice about Node 20 is for who chooses the SDK's version, not for who runs this.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

export interface WorkerOptions {
  readonly stream: string;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly calls: number;
  readonly patienceMs: number;
}

export type ToWorker =
  | { readonly kind: 'put'; readonly bytes: Uint8Array; readonly ends: Uint32Array }
  | { readonly kind: 'hurry'; readonly cutMs: number }
  | { readonly kind: 'close' };

/** An error as a message can hold it. */
export interface WorkerFault {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** The answers to puts are in the order in which they are known, each with the number of its put. */
export type FromWorker =
  | { readonly kind: 'open'; readonly fault?: WorkerFault }
  | {
      readonly kind: 'done';
      readonly put: number;
      readonly fates: Uint8Array;
      readonly figures: PutFigures;
      readonly fault: WorkerFault | undefined;
    };

async function work({ stream, endpoint, region, calls, patienceMs }: WorkerOptions): Promise<void> {
  const putter = await openRecordPutter({
    stream,
    endpoint: endpoint === undefined ? undefined : new URL(endpoint),
    region,
  });
  const queue = new PutQueue({ putter, calls, patienceMs });
  let puts = 0;
  parentPort?.on('message', (message: ToWorker) => {
    if (message.kind === 'hurry') return queue.hurry(message.cutMs);
    if (message.kind === 'close') {
      putter.close();
      // Timers of calls that are not needed any more would keep the thread.
      process.exit();
    }
    const put = puts++;
    void queue
      .put(message.bytes, message.ends)
      .then(({ fates, error }) => tell({ kind: 'done', put, fates, figures: queue.figures, fault: toFault(error) }));
  });
  tell({ kind: 'open' });
}

function tell(message: FromWorker): void {
  parentPort?.postMessage(message);
}

function toFault(error: unknown): WorkerFault | undefined {
  if (error === undefined) return undefined;
  if (!(error instanceof ToolkitError)) throw error;
  return { code: error.code, message: error.message.split('\n→ ', 1)[0] ?? '', hint: error.hint };
}

work(workerData as WorkerOptions).catch((error: unknown) => {
  const fault = toFault(error);
  tell({ kind: 'open', ...(fault && { fault }) });
});

/** The threads of `clickstreamy etl`. */
import { workerFile } from '../core/package-root';
import { WorkerThread } from '../core/worker-thread';
import type { LineOrigin, LineTally, TransformBatch } from './lines-batch';
import type { LinesWorker, WorkerOptions } from './lines-worker';

export interface LinePool {
  /** Resolves once the batch holds its events again. @throws what ended a thread. */
  transform(batch: TransformBatch, origin: LineOrigin | undefined): Promise<LineTally>;
  close(): Promise<void>;
}

/** A thread keeps a bounded cache of user agents and makes little garbage; V8's own limits would let it grow to gigabytes. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 };

export function openLinePool(count: number, workerData: WorkerOptions): LinePool {
  const file = workerFile('etl', 'lines-worker.js');
  const threads = Array.from(
    { length: count },
    () => new WorkerThread<LinesWorker>({ file, workerData, resourceLimits: LIMITS }),
  );
  return {
    async transform(batch, origin) {
      const idlest = threads.reduce((least, thread) => (thread.unanswered < least.unanswered ? thread : least));
      const { message, tally } = await idlest.ask('transform', { message: batch, origin }, batch.buffers());
      batch.adopt(message);
      return tally;
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

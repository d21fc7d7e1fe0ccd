/** The threads of `clickstreamy etl`. */
import { Worker } from 'node:worker_threads';
import { builtFile } from '../core/package-root';
import type { LineOrigin, LineTally, TransformBatch } from './lines-batch';
import type { BatchDone, BatchTask, WorkerOptions } from './lines-worker';

export interface LinePool {
  /** Resolves once the batch holds its events again. @throws what ended a thread. */
  transform(batch: TransformBatch, origin: LineOrigin | undefined): Promise<LineTally>;
  close(): Promise<void>;
}

/** A thread keeps a bounded cache of user agents and makes little garbage; V8's own limits would let it grow to gigabytes. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 };

export function openLinePool(threads: number, options: WorkerOptions): LinePool {
  const members = Array.from({ length: threads }, () => startThread(options));
  return {
    transform(batch, origin) {
      const least = members.reduce((best, member) => (member.waiting.length < best.waiting.length ? member : best));
      return least.transform(batch, origin);
    },
    async close() {
      await Promise.all(members.map(({ worker }) => worker.terminate()));
    },
  };
}

interface Waiting {
  readonly batch: TransformBatch;
  readonly resolve: (tally: LineTally) => void;
  readonly reject: (error: Error) => void;
}

function startThread(workerData: WorkerOptions) {
  const worker = new Worker(builtFile('etl', 'lines-worker.js'), { workerData, resourceLimits: LIMITS });
  // A thread answers in the order of its tasks.
  const waiting: Waiting[] = [];
  let failure: Error | undefined;
  worker.on('message', ({ message, tally }: BatchDone) => {
    const first = waiting.shift();
    first?.batch.adopt(message);
    first?.resolve(tally);
  });
  worker.on('error', (error: Error) => {
    failure = error;
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  return {
    worker,
    waiting,
    transform: (batch: TransformBatch, origin: LineOrigin | undefined) =>
      new Promise<LineTally>((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        waiting.push({ batch, resolve, reject });
        const task: BatchTask = { message: batch, origin };
        worker.postMessage(task, batch.buffers());
      }),
  };
}

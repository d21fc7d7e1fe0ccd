/** A thread of `clickstreamy etl`: batches in, what is made of them back. */
import { parentPort, workerData } from 'node:worker_threads';
import type { TransformOptions } from './line-transform';
import { type BatchMessage, type LineOrigin, type LineTally, TransformBatch, transformBatch } from './lines-batch';
import { createLineTransform } from './transform';

export type WorkerOptions = TransformOptions;

export interface BatchTask {
  readonly message: BatchMessage;
  readonly origin: LineOrigin | undefined;
}

export interface BatchDone {
  readonly message: BatchMessage;
  readonly tally: LineTally;
}

const transform = createLineTransform(workerData as WorkerOptions);
const batch = new TransformBatch();

parentPort?.on('message', ({ message, origin }: BatchTask) => {
  batch.adopt(message);
  const tally = transformBatch(batch, transform, origin);
  const done: BatchDone = { message: batch, tally };
  parentPort?.postMessage(done, batch.buffers());
});

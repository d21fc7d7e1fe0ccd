/** A thread of `clickstreamy etl`: transforms batches. */
import { workerData } from 'node:worker_threads';
import { serve } from '../core/worker-thread';
import type { TransformOptions } from './line-transform';
import { type BatchMessage, type LineOrigin, TransformBatch, transformBatch } from './lines-batch';
import { createLineTransform } from './transform';

export type WorkerOptions = TransformOptions;

interface BatchTask {
  readonly message: BatchMessage;
  readonly origin: LineOrigin | undefined;
}

const transform = createLineTransform(workerData as WorkerOptions);
const batch = new TransformBatch();

const handlers = {
  transform({ message, origin }: BatchTask) {
    batch.adopt(message);
    const tally = transformBatch(batch, transform, origin);
    const done: BatchMessage = batch;
    return { value: { message: done, tally }, transfer: batch.buffers() };
  },
};
export type LinesWorker = typeof handlers;

serve(handlers);

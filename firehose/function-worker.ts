/** The thread that the transform function runs in. */
import { workerData } from 'node:worker_threads';
import { notify, serve } from '../core/worker-thread';
import type { BatchSummary } from '../etl/handler';
import type { TransformOptions } from '../etl/line-transform';
import { createRecordsTransform } from '../etl/records-transform';
import type { FunctionCall } from './function-call';
import { processingFailed, type TransformResult } from './transform-reply';

const transform = createRecordsTransform({
  ...(workerData as TransformOptions),
  log: (summary: BatchSummary) => notify(summary),
});

const handlers = {
  async call({ bytes, ends }: FunctionCall) {
    const { failed, ...rest } = transform(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), ends);
    const value: TransformResult = { ...rest, failures: failed.map(processingFailed) };
    return { value, transfer: [value.documents, value.records, value.ends].map(({ buffer }) => buffer) };
  },
};
export type FunctionWorker = typeof handlers;

serve(handlers);

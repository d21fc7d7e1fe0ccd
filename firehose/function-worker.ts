/** The thread that the transform function runs in. */
import { workerData } from 'node:worker_threads';
import { notify, serve } from '../core/worker-thread';
import { type BatchSummary, createTransformHandler } from '../etl/handler';
import type { TransformOptions } from '../etl/line-transform';
import { callHandler, type FunctionCall } from './function-call';

const handler = createTransformHandler({
  ...(workerData as TransformOptions),
  log: (summary: BatchSummary) => notify(summary),
});

const handlers = {
  async call(call: FunctionCall) {
    const value = await callHandler(handler, call);
    return { value, transfer: [value.documents, value.records, value.ends].map(({ buffer }) => buffer) };
  },
};
export type FunctionWorker = typeof handlers;

serve(handlers);

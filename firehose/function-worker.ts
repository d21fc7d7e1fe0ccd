/** The thread that the transform function runs in. */
import { workerData } from 'node:worker_threads';
import { notify, serve } from '../core/worker-thread';
import { type BatchSummary, createTransformHandler, type TransformHandler } from '../etl/handler';
import type { TransformOptions } from '../etl/line-transform';
import { callHandler, type FunctionCall } from './function-call';
import { loadHandler } from './load-handler';

export interface FunctionWorkerOptions extends TransformOptions {
  /** A handler of the user’s own, instead of ours. */
  readonly handlerFile?: string | undefined;
}

const opening = open(workerData as FunctionWorkerOptions);
opening.catch(() => {}); // The answers tell.

async function open({ handlerFile, ...options }: FunctionWorkerOptions): Promise<TransformHandler> {
  if (handlerFile !== undefined) return loadHandler(handlerFile);
  return createTransformHandler({ ...options, log: (summary: BatchSummary) => notify(summary) });
}

const handlers = {
  /** @throws ToolkitError FUNCTION_UNUSABLE */
  async open() {
    await opening;
    return { value: undefined };
  },
  async call(call: FunctionCall) {
    const value = await callHandler(await opening, call);
    return { value, transfer: [value.documents, value.records, value.ends].map(({ buffer }) => buffer) };
  },
};
export type FunctionWorker = typeof handlers;

serve(handlers);

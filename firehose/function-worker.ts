/** The thread that the transform function runs in. */
import { workerData } from 'node:worker_threads';
import { notify, serve } from '../core/worker-thread';
import type { BatchSummary } from '../etl/handler';
import type { TransformOptions } from '../etl/line-transform';
import { createRecordsTransform } from '../etl/records-transform';
import { callHandler, type FunctionCall, type TransformFunction } from './function-call';
import { loadHandler } from './load-handler';
import { processingFailed } from './transform-reply';

export interface FunctionWorkerOptions extends TransformOptions {
  /** A handler of the user’s own, instead of ours. */
  readonly handlerFile?: string | undefined;
}

const opening = open(workerData as FunctionWorkerOptions);
opening.catch(() => {}); // The answers tell.

async function open({ handlerFile, ...options }: FunctionWorkerOptions): Promise<TransformFunction> {
  if (handlerFile === undefined) return openOurs(options);
  const handler = await loadHandler(handlerFile);
  return (call) => callHandler(handler, call);
}

/** Ours is called without Lambda’s base64 around each record. */
function openOurs(options: TransformOptions): TransformFunction {
  const transform = createRecordsTransform({ ...options, log: (summary: BatchSummary) => notify(summary) });
  return async ({ bytes, ends }) => {
    const { failed, ...rest } = transform(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), ends);
    return { ...rest, failures: failed.map(processingFailed) };
  };
}

const handlers = {
  /** @throws ToolkitError FUNCTION_UNUSABLE */
  async open() {
    await opening;
    return { value: undefined };
  },
  async call(call: FunctionCall) {
    const value = await (await opening)(call);
    return { value, transfer: [value.documents, value.records, value.ends].map(({ buffer }) => buffer) };
  },
};
export type FunctionWorker = typeof handlers;

serve(handlers);

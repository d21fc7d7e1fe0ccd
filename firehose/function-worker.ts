/** The thread that the transform function runs in: calls in, verdicts back. */
import { parentPort, workerData } from 'node:worker_threads';
import { type BatchSummary, createTransformHandler } from '../etl/handler';
import type { TransformOptions } from '../etl/line-transform';
import { callHandler, type FunctionCall } from './function-call';
import type { Verdicts } from './transform-reply';

export type FunctionMessage =
  | { readonly kind: 'verdicts'; readonly verdicts: Verdicts }
  | { readonly kind: 'failed'; readonly message: string }
  /** Comes before the answer of its call. */
  | { readonly kind: 'summary'; readonly summary: BatchSummary };

const say = (message: FunctionMessage, given: ArrayBuffer[] = []) => parentPort?.postMessage(message, given);

const handler = createTransformHandler({
  ...(workerData as TransformOptions),
  log: (summary) => say({ kind: 'summary', summary }),
});

parentPort?.on('message', async (call: FunctionCall) => {
  try {
    const verdicts = await callHandler(handler, call);
    say(
      { kind: 'verdicts', verdicts },
      [verdicts.documents, verdicts.records, verdicts.ends].map(({ buffer }) => buffer),
    );
  } catch (error) {
    say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
});

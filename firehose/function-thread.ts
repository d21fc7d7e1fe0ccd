/**
 * The transform function in a thread of its own, as it has a machine of its own in AWS: what it computes holds nobody up, and where it
 * hangs or takes too much memory its thread ends, and a new one goes on with the next call.
 */
import { Worker } from 'node:worker_threads';
import { builtFile } from '../core/package-root';
import type { BatchSummary } from '../etl/handler';
import type { TransformOptions } from '../etl/line-transform';
import { type FunctionCall, TimedOut, type TransformFunction } from './function-call';
import type { FunctionMessage } from './function-worker';
import type { Verdicts } from './transform-reply';

export interface FunctionThreadProps extends TransformOptions {
  /** Told of each call that the function has answered. */
  readonly log: (summary: BatchSummary) => void;
  /** How long the function may take for one call. @default 60 */
  readonly timeoutSeconds?: number;
  /** What runs in the thread. @default function-worker.ts */
  readonly file?: string;
}

export interface FunctionThread {
  /** Calls wait for one another, in order; none is failed for what another one does to the thread. */
  readonly call: TransformFunction;
  /** For when no call is under way any more. */
  close(): Promise<void>;
}

/** The function keeps bounded caches, and makes much garbage that dies young. */
const LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 128 };

interface Waiting {
  readonly call: FunctionCall;
  readonly resolve: (verdicts: Verdicts) => void;
  readonly reject: (error: Error) => void;
}

/** The thread starts with the first call. */
export function openFunctionThread(props: FunctionThreadProps): FunctionThread {
  const { log, timeoutSeconds = 60, file = builtFile('firehose', 'function-worker.js'), ...workerData } = props;
  const queue: Waiting[] = [];
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let hanging: Waiting | undefined;

  function start(): Worker {
    const thread = new Worker(file, { workerData, resourceLimits: LIMITS });
    let why = new Error('The function’s thread has ended.');
    thread.on('message', (message: FunctionMessage) => {
      if (message.kind === 'summary') log(message.summary);
      else if (message.kind === 'verdicts') endFirst(({ resolve }) => resolve(message.verdicts));
      else endFirst(({ reject }) => reject(new Error(message.message)));
    });
    thread.on('error', (error: Error) => {
      why = error;
    });
    thread.on('exit', () => {
      if (hanging === undefined) endFirst(({ reject }) => reject(why));
      else if (hanging === queue[0]) endFirst(({ reject }) => reject(new TimedOut(timeoutSeconds)));
      hanging = undefined;
      // Nothing is known of the calls behind: they begin anew.
      worker = queue.length > 0 ? start() : undefined;
      for (const { call } of queue) worker?.postMessage(call);
    });
    return thread;
  }

  function endFirst(end: (first: Waiting) => void): void {
    const first = queue.shift();
    watchFirst();
    if (first !== undefined) end(first);
  }

  /** A call's time begins when those before it have ended. */
  function watchFirst(): void {
    clearTimeout(timer);
    const [first] = queue;
    if (first === undefined) return;
    timer = setTimeout(() => {
      hanging = first;
      void worker?.terminate();
    }, timeoutSeconds * 1000);
  }

  return {
    call: (call) =>
      new Promise((resolve, reject) => {
        queue.push({ call, resolve, reject });
        worker ??= start();
        worker.postMessage(call);
        if (queue.length === 1) watchFirst();
      }),
    async close() {
      await worker?.terminate();
    },
  };
}

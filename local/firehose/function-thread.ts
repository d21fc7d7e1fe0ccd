/**
 * The transform function in a thread of its own, as it has a machine of its own in AWS: what it computes holds nobody up, and where it
 * hangs or takes too much memory its thread ends, and the next call gets a new one.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { builtFile } from '../../core/package-root';
import type { BatchSummary } from '../../etl/handler';
import type { TransformOptions } from '../../etl/transform';
import type { FunctionCall, TransformFunction } from './function-call';
import type { FunctionMessage } from './function-worker';
import type { Verdicts } from './transform-reply';

export interface FunctionThreadOptions extends TransformOptions {
  /** Told of each call that the function has answered. */
  readonly log: (summary: BatchSummary) => void;
}

export interface FunctionThread {
  /** One call at a time. */
  readonly call: TransformFunction;
  close(): Promise<void>;
}

/** The function keeps bounded caches, and makes much garbage that dies young. */
const LIMITS = { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 128 };

/** Resolves when the function is ready. */
export async function openFunctionThread({ log, ...options }: FunctionThreadOptions): Promise<FunctionThread> {
  let running: Running | undefined = start(options, log);
  await once(running.worker, 'online');

  async function end(): Promise<void> {
    const { worker } = running ?? {};
    running = undefined;
    await worker?.terminate();
  }

  return {
    close: end,
    call(call, late) {
      if (running === undefined || running.ended) running = start(options, log);
      late.addEventListener('abort', end, { once: true });
      return ask(running, call).finally(() => late.removeEventListener('abort', end));
    },
  };
}

interface Running {
  readonly worker: Worker;
  ended: boolean;
  resolve: (verdicts: Verdicts) => void;
  reject: (error: Error) => void;
}

function start(options: TransformOptions, log: FunctionThreadOptions['log']): Running {
  const worker = new Worker(builtFile('local', 'firehose', 'function-worker.js'), {
    workerData: options,
    resourceLimits: LIMITS,
  });
  const running: Running = { worker, ended: false, resolve: () => {}, reject: () => {} };
  worker.on('message', (message: FunctionMessage) => {
    if (message.kind === 'summary') log(message.summary);
    else if (message.kind === 'verdicts') running.resolve(message.verdicts);
    else running.reject(new Error(message.message));
  });
  worker.on('error', (error: Error) => running.reject(error));
  worker.on('exit', () => {
    running.ended = true;
    running.reject(new Error('The function’s thread has ended.'));
  });
  return running;
}

function ask(running: Running, call: FunctionCall): Promise<Verdicts> {
  return new Promise((resolve, reject) => {
    Object.assign(running, { resolve, reject });
    running.worker.postMessage(call, [call.arrivalsMs.buffer, call.bytes.buffer, call.ends.buffer]);
  });
}

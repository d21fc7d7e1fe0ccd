/**
 * The transform function in its own thread, as AWS Lambda gives it its own machine: its work blocks nothing else. If it hangs or
 * takes too much memory, only its thread ends, and the next call gets a new one.
 */
import { workerFile } from '../core/package-root';
import { ThreadEnded, WorkerThread } from '../core/worker-thread';
import type { BatchSummary } from '../etl/handler';
import type { TransformOptions } from '../etl/line-transform';
import { type FunctionCall, TimedOut, type TransformFunction } from './function-call';
import type { FunctionWorker } from './function-worker';

export interface FunctionThreadProps extends TransformOptions {
  /** Called for each call that the function has answered. */
  readonly log: (summary: BatchSummary) => void;
  /** How long the function may take for one call. @default 60 */
  readonly timeoutSeconds?: number;
  /** A module with a handler of the user’s own, instead of ours. */
  readonly handlerFile?: string | undefined;
  /** What runs in the thread. @default function-worker.ts */
  readonly file?: string;
}

export interface FunctionThread {
  /** Loads the function before the first call. @throws ToolkitError FUNCTION_UNUSABLE, ThreadEnded if it ends its thread. */
  open(): Promise<void>;
  /** Calls run one after the other, in order. A call that ends the thread fails; the others are made again in a new thread. */
  readonly call: TransformFunction;
  /** Call it when no call is under way. */
  close(): Promise<void>;
}

/** The function keeps bounded caches, and what it makes besides dies young. */
const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 };

/** One thread, and the call that was stopped with it for taking too long. */
interface Running {
  readonly thread: WorkerThread<FunctionWorker>;
  timedOut?: FunctionCall;
}

/** The thread starts with the first call. @throws Error if the project is not built. */
export function openFunctionThread(props: FunctionThreadProps): FunctionThread {
  const { log, timeoutSeconds = 60, file = workerFile('firehose', 'function-worker.js'), ...workerData } = props;
  /** Oldest first: the thread works on the first and has the others ready. */
  const calls: FunctionCall[] = [];
  let running: Running | undefined;
  let timer: NodeJS.Timeout | undefined;

  function start(): Running {
    const onNotice = (summary: unknown) => log(summary as BatchSummary);
    return { thread: new WorkerThread<FunctionWorker>({ file, workerData, resourceLimits: LIMITS, onNotice }) };
  }

  /** Limits the time of the oldest call. The calls behind it wait, so their time has not begun. */
  function watchFirst(): void {
    clearTimeout(timer);
    const [first] = calls;
    if (first === undefined) return;
    timer = setTimeout(() => {
      if (running === undefined) return;
      running.timedOut = first;
      void running.thread.close();
    }, timeoutSeconds * 1000);
  }

  async function ask(call: FunctionCall): ReturnType<TransformFunction> {
    for (;;) {
      running ??= start();
      const used = running;
      try {
        return await used.thread.ask('call', call);
      } catch (error) {
        if (!(error instanceof ThreadEnded)) throw error;
        if (running === used) running = undefined;
        if (used.timedOut === call) throw new TimedOut(timeoutSeconds);
        if (used.timedOut === undefined && error.isOldest)
          throw error.cause ?? new Error('The function’s thread has ended.');
      }
    }
  }

  return {
    async open() {
      running ??= start();
      await running.thread.ask('open', undefined as never);
    },
    async call(call) {
      calls.push(call);
      if (calls.length === 1) watchFirst();
      try {
        return await ask(call);
      } finally {
        calls.splice(calls.indexOf(call), 1);
        watchFirst();
      }
    },
    async close() {
      await running?.thread.close();
    },
  };
}

/** A worker thread that answers requests, and both ends of the protocol between it and the thread that starts it. */
import { parentPort, type ResourceLimits, Worker } from 'node:worker_threads';
import { ToolkitError } from './errors';

/** What a handler answers with, and those of its buffers that are transferred instead of copied. */
export interface Answer<T> {
  readonly value: T;
  readonly transfer?: readonly ArrayBuffer[];
}

/** What a worker can be asked, by name. Its file passes them to `serve` and exports their type. */
export type Handlers = Readonly<Record<string, (request: never) => Answer<unknown> | Promise<Answer<unknown>>>>;

export interface WorkerThreadProps {
  /** See `workerFile`. */
  readonly file: string;
  readonly workerData: unknown;
  readonly resourceLimits?: ResourceLimits;
  /** Called with each message that the worker sends unasked, with `notify`. */
  readonly onNotice?: (notice: unknown) => void;
}

/** The thread ended, by itself or by `close`, with requests unanswered. Its cause, if any, is what ended it. */
export class ThreadEnded extends Error {
  /** The oldest request at that time: the one that the thread was working on, where it answers in order. */
  readonly isOldest: boolean;

  constructor(isOldest: boolean, cause?: Error) {
    super(cause?.message ?? 'The thread has ended.', { cause });
    this.isOldest = isOldest;
  }
}

interface Unanswered {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Request {
  readonly id: number;
  readonly name: string;
  readonly request: unknown;
}

type Message =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: PackedError }
  | { readonly kind: 'notice'; readonly notice: unknown };

type RequestOf<H extends Handlers, N extends keyof H> = Parameters<H[N]>[0];
type ValueOf<H extends Handlers, N extends keyof H> = Awaited<ReturnType<H[N]>>['value'];

export class WorkerThread<H extends Handlers> {
  readonly #worker: Worker;
  /** By their numbers, oldest first. */
  readonly #unanswered = new Map<number, Unanswered>();
  #requests = 0;
  #cause: Error | undefined;
  #hasEnded = false;

  constructor({ file, workerData, resourceLimits, onNotice }: WorkerThreadProps) {
    this.#worker = new Worker(file, { workerData, ...(resourceLimits && { resourceLimits }) });
    this.#worker.on('message', (message: Message) => {
      if (message.kind === 'notice') onNotice?.(message.notice);
      else if (message.kind === 'answer') this.#take(message.id)?.resolve(message.value);
      else this.#take(message.id)?.reject(unpackError(message.error));
    });
    this.#worker.on('error', (error: Error) => {
      this.#cause = error;
    });
    this.#worker.on('exit', () => {
      this.#hasEnded = true;
      const [oldest] = this.#unanswered.keys();
      for (const [id, { reject }] of this.#unanswered) reject(new ThreadEnded(id === oldest, this.#cause));
      this.#unanswered.clear();
    });
  }

  get unanswered(): number {
    return this.#unanswered.size;
  }

  /**
   * Resolves with the handler's value.
   *
   * @param transfer buffers of the request that the worker may have; this thread can no longer use them.
   * @throws what the handler throws: a ToolkitError, or an Error with its message. @throws ThreadEnded.
   */
  ask<N extends keyof H & string>(
    name: N,
    request: RequestOf<H, N>,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<ValueOf<H, N>> {
    if (this.#hasEnded) return Promise.reject(new ThreadEnded(false, this.#cause));
    return new Promise((resolve, reject) => {
      const id = this.#requests++;
      this.#unanswered.set(id, { resolve: resolve as (value: unknown) => void, reject });
      const message: Request = { id, name, request };
      this.#worker.postMessage(message, transfer);
    });
  }

  /** Whether the thread keeps the process alive, as it does at first. */
  keepsAlive(yes: boolean): void {
    if (yes) this.#worker.ref();
    else this.#worker.unref();
  }

  /** Ends the thread at once. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #take(id: number): Unanswered | undefined {
    const unanswered = this.#unanswered.get(id);
    this.#unanswered.delete(id);
    return unanswered;
  }
}

/** In a worker's file: answers requests, each as soon as its handler has. */
export function serve(handlers: Handlers): void {
  parentPort?.on('message', async ({ id, name, request }: Request) => {
    try {
      const { value, transfer } = await (handlers[name] as (request: unknown) => Answer<unknown>)(request);
      post({ kind: 'answer', id, value }, transfer);
    } catch (error) {
      post({ kind: 'failed', id, error: packError(error) });
    }
  });
}

/** In a worker's file: sends a message unasked. It arrives before all answers that are given later. */
export function notify(notice: unknown): void {
  post({ kind: 'notice', notice });
}

function post(message: Message, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

/** An error in a form that can be sent between threads. */
export interface PackedError {
  readonly message: string;
  readonly toolkit?: { readonly code: string; readonly hint: string };
}

export function packError(error: unknown): PackedError {
  if (!(error instanceof ToolkitError)) return { message: error instanceof Error ? error.message : String(error) };
  const { code, hint, message } = error;
  return { message: message.split('\n→ ', 1)[0] ?? '', toolkit: { code, hint } };
}

export function unpackError({ message, toolkit }: PackedError): Error {
  return toolkit === undefined ? new Error(message) : new ToolkitError(toolkit.code, message, toolkit.hint);
}

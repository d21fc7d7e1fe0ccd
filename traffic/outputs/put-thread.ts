import { Worker } from 'node:worker_threads';
import { ToolkitError } from '../../core/errors';
import { builtFile } from '../../core/package-root';
import type { FromWorker, ToWorker, WorkerFault, WorkerOptions } from './firehose-worker';
import { ALL_TAKEN, type BlockFates, type Fate } from './line-sink';
import { FATES, type PutFigures } from './put-queue';

interface Put {
  readonly records: number;
  readonly resolve: (fates: BlockFates) => void;
  readonly reject: (error: Error) => void;
}

/** This end of a thread of `firehose-worker.ts`. Once it is open it keeps the process alive from `begin` on. */
export class PutThread {
  /** Rejects with what hinders it: FIREHOSE_REFUSED. */
  readonly opened: Promise<void>;
  readonly #worker: Worker;
  readonly #puts = new Map<number, Put>();
  #count = 0;
  #records = 0;
  #figures: PutFigures = { calls: 0, resent: 0, maybeTwice: 0 };
  #failure: Error | undefined;

  constructor(options: WorkerOptions) {
    this.#worker = new Worker(builtFile('traffic', 'outputs', 'firehose-worker.js'), { workerData: options });
    this.opened = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromWorker) => {
        if (message.kind === 'done') this.#onDone(message);
        else if (message.fault !== undefined) reject(toError(message.fault));
        else {
          this.#worker.unref();
          resolve();
        }
      });
      this.#worker.on('error', (error: Error) => {
        this.#failure = error;
        reject(error);
        for (const put of this.#puts.values()) put.reject(error);
      });
    });
  }

  /** Whose fate is not known yet. */
  get records(): number {
    return this.#records;
  }

  get figures(): PutFigures {
    return this.#figures;
  }

  begin(): void {
    this.#worker.ref();
  }

  put(block: Buffer, blockEnds: readonly number[]): Promise<BlockFates> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    // Copies, which the thread may have.
    const [bytes, ends] = [new Uint8Array(block), Uint32Array.from(blockEnds)];
    this.#records += ends.length;
    return new Promise((resolve, reject) => {
      this.#puts.set(this.#count++, { records: ends.length, resolve, reject });
      this.#tell({ kind: 'put', bytes, ends }, [bytes.buffer, ends.buffer]);
    });
  }

  hurry(cutMs: number): void {
    this.#tell({ kind: 'hurry', cutMs });
  }

  close(): Promise<void> {
    this.#tell({ kind: 'close' });
    return new Promise((resolve) => {
      if (this.#failure !== undefined) resolve();
      else this.#worker.once('exit', () => resolve());
    });
  }

  #tell(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #onDone({ put: number, fates, figures, fault }: Extract<FromWorker, { kind: 'done' }>): void {
    const put = this.#puts.get(number);
    if (put === undefined) return;
    this.#puts.delete(number);
    this.#records -= put.records;
    this.#figures = figures;
    const error = fault && toError(fault);
    if (error === undefined && fates.every((fate) => fate === FATES.taken)) put.resolve(ALL_TAKEN);
    else put.resolve({ fateOf: (place) => FATE_NAMES[fates[place] ?? FATES.unsent] ?? 'unsent', error });
  }
}

/** By the numbers of `FATES`. */
const FATE_NAMES: readonly Fate[] = ['taken', 'refused', 'timeout', 'unsent'];

function toError({ code, message, hint }: WorkerFault): ToolkitError {
  return new ToolkitError(code, message, hint);
}

import type { ToolkitError } from '../../core/errors';
import { workerFile } from '../../core/package-root';
import { unpackError, WorkerThread } from '../../core/worker-thread';
import type { FirehoseWorker, WorkerOptions } from './firehose-worker';
import { ALL_TAKEN, type BlockFates, type Fate } from './line-sink';
import { FATES } from './put-backlog';
import type { PutFigures } from './put-queue';

/** A thread of `firehose-worker.ts`. Once it is open it keeps the process alive only from `begin` on. */
export class PutThread {
  /** Rejects with FIREHOSE_REFUSED if it cannot be opened. */
  readonly opened: Promise<void>;
  readonly #thread: WorkerThread<FirehoseWorker>;
  #records = 0;
  #figures: PutFigures = { calls: 0, resent: 0, maybeTwice: 0 };

  constructor(workerData: WorkerOptions) {
    this.#thread = new WorkerThread({ file: workerFile('traffic', 'outputs', 'firehose-worker.js'), workerData });
    this.opened = this.#open();
  }

  async #open(): Promise<void> {
    try {
      await this.#thread.ask('open', undefined);
      this.#thread.keepsAlive(false);
    } catch (error) {
      await this.#thread.close();
      throw error;
    }
  }

  /** Records whose fate is not known yet. */
  get records(): number {
    return this.#records;
  }

  get figures(): PutFigures {
    return this.#figures;
  }

  begin(): void {
    this.#thread.keepsAlive(true);
  }

  async put(block: Buffer, blockEnds: readonly number[]): Promise<BlockFates> {
    // Copies, which the thread may have.
    const [bytes, ends] = [new Uint8Array(block), Uint32Array.from(blockEnds)];
    this.#records += blockEnds.length;
    const reply = await this.#thread.ask('put', { bytes, ends }, [bytes.buffer, ends.buffer]);
    this.#records -= blockEnds.length;
    this.#figures = reply.figures;
    const error = reply.error && (unpackError(reply.error) as ToolkitError);
    const { fates } = reply;
    if (error === undefined && fates.every((fate) => fate === FATES.taken)) return ALL_TAKEN;
    return { fateOf: (place) => FATE_NAMES[fates[place] ?? FATES.unsent] ?? 'unsent', error };
  }

  /** See `PutQueue`. */
  stop(cutMs: number): void {
    this.#thread.ask('stop', cutMs).catch(() => {}); // A thread that has ended has stopped.
  }

  /** Ends the thread: every record's fate is known. */
  close(): Promise<void> {
    return this.#thread.close();
  }
}

/** By the numbers of `FATES`. */
const FATE_NAMES: readonly Fate[] = ['taken', 'refused', 'timeout', 'unsent'];

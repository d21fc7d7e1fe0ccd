/** Sends access lines straight to a Firehose delivery stream, one record each, bypassing the web server and the shipper. */
import type { BlockFates, LineBlock, LineSink, SinkFactory } from './line-sink';
import type { PutFigures } from './put-queue';
import { PutThread } from './put-thread';

export interface FirehoseStreamOptions {
  readonly stream: string;
  /** An endpoint to use instead of AWS’s. */
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  /** Two for full speed: signing and encoding takes longer than making the lines. */
  readonly threads: number;
  /** Gives up when no record has been accepted for this long. @default 60 */
  readonly patienceSeconds?: number | undefined;
}

/** Calls under way at a time in each thread. */
const CALLS = 4;
/** Blocks kept for each thread: it must not wait for blocks whose last records are being retried. */
const BLOCKS = 16;
/** How long calls under way may still be answered when the run is stopped. */
const CUT_MS = 2000;

export function toFirehoseStream({
  stream,
  endpoint,
  region,
  threads: count,
  patienceSeconds = 60,
}: FirehoseStreamOptions): SinkFactory {
  let threads: readonly PutThread[] = [];
  return {
    async probe() {
      const worker = { stream, endpoint, region, calls: CALLS, patienceMs: patienceSeconds * 1000 };
      threads = Array.from({ length: count }, () => new PutThread(worker));
      await Promise.all(threads.map(({ opened }) => opened));
    },
    open: async () => new FirehoseStream(threads),
  };
}

class FirehoseStream implements LineSink {
  readonly parallel: number;
  readonly gatherMs = 100;
  readonly #threads: readonly PutThread[];

  constructor(threads: readonly PutThread[]) {
    this.#threads = threads;
    this.parallel = threads.length * BLOCKS;
    for (const thread of threads) thread.begin();
  }

  put(block: LineBlock): Promise<BlockFates> {
    const idlest = this.#threads.reduce((least, thread) => (thread.records < least.records ? thread : least));
    return idlest.put(block.bytes, block.ends);
  }

  stop(): void {
    for (const thread of this.#threads) thread.stop(CUT_MS);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  figures() {
    const sum = (name: keyof PutFigures) => this.#threads.reduce((total, { figures }) => total + figures[name], 0);
    return { calls: sum('calls'), resent: sum('resent'), maybeTwice: sum('maybeTwice') };
  }
}

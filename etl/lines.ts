/**
 * The Unix filter: turns access lines into NDJSON, in the order of the lines.
 *
 * A batch is cut from the input, transformed in a thread, written out and filled again. The number of batches is fixed,
 * which bounds the memory and passes a slow reader's backpressure on to the input.
 */
import { availableParallelism } from 'node:os';
import type { ByteWriter } from '../core/byte-writer';
import type { ToolkitError } from '../core/errors';
import { inputFault } from './input-fault';
import type { LineTransform, TransformOptions } from './line-transform';
import { type LineOrigin, type LineRejectReason, type LineTally, TransformBatch, transformBatch } from './lines-batch';
import { cutLines } from './lines-cut';
import type { LineInput } from './lines-input';
import { type LinePool, openLinePool } from './lines-pool';
import { createLineTransform } from './transform';

export interface LinesOptions extends TransformOptions {
  readonly inputs: readonly LineInput[];
  readonly output: ByteWriter;
  /** Receives the rejected lines as NDJSON: `file`, `line` (from 1), `reason`, and `raw`, or `rawBase64` if it is not UTF-8. */
  readonly rejects?: ByteWriter | undefined;
  /**
   * Called for an input that could not be read to its end, after all whole lines before that have been written out. The inputs after it
   * are read all the same.
   */
  readonly onFault: (fault: ToolkitError) => void;
  /** Called after each batch has been written out. */
  readonly onProgress?: ((tally: Readonly<LineTally>) => void) | undefined;
  /** Threads for large inputs. @default one per core, at most 4 */
  readonly threads?: number;
}

export interface LinesSummary extends LineTally {
  /** Bytes read, after unpacking. */
  bytes: number;
}

/** Above this size, starting threads pays off. */
const SMALL_BYTES = 512 * 1024;
const MOST_THREADS = 4;

/**
 * Transforms all inputs, one after the other. A line that is not an access line is counted and passed to `rejects`.
 *
 * @throws whatever `output` or `rejects` throw.
 */
export async function runLines(options: LinesOptions): Promise<LinesSummary> {
  const run = new LinesRun(options);
  try {
    await Promise.race([run.readAll(), run.failure]);
    return run.summary;
  } finally {
    await run.close();
  }
}

class LinesRun {
  readonly summary: LinesSummary = { lines: 0, events: 0, blank: 0, rejected: {}, nulBytes: 0, bytes: 0 };
  /** Rejects when a batch cannot be transformed or written: reading on would be useless. */
  readonly failure: Promise<never>;
  #fail: (error: unknown) => void = () => {};

  readonly #options: LinesOptions;
  readonly #threads: number;
  readonly #transform: LineTransform;
  #pool: LinePool | undefined;

  readonly #free: TransformBatch[] = [];
  #unmade: number;
  #taker: ((batch: TransformBatch) => void) | undefined;
  /** Settles when all batches so far have been written out. */
  #written: Promise<void> = Promise.resolve();

  constructor(options: LinesOptions) {
    this.#options = options;
    this.#threads = options.threads ?? Math.min(MOST_THREADS, availableParallelism());
    this.#transform = createLineTransform(options);
    // One is being filled, one written, and each thread works on one while another waits.
    this.#unmade = 2 * this.#threads + 2;
    this.failure = new Promise((_, reject) => {
      this.#fail = reject;
    });
  }

  async readAll(): Promise<void> {
    for (const input of this.#options.inputs) await this.#read(input);
    await this.#written;
  }

  async close(): Promise<void> {
    for (const input of this.#options.inputs) input.close();
    await this.#pool?.close();
  }

  async #read(input: LineInput): Promise<void> {
    let firstLine = 1;
    try {
      for await (const batch of cutLines(this.#counted(input.chunks), this.#take)) {
        const origin = { file: input.name, firstLine };
        firstLine += countLines(batch);
        this.#send(batch, origin);
      }
    } catch (error) {
      await this.#written;
      this.#options.onFault(inputFault(input.name, error, firstLine - 1));
    }
  }

  async *#counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.summary.bytes += chunk.length;
      yield chunk;
    }
  }

  #send(batch: TransformBatch, origin: LineOrigin): void {
    const transformed = this.#transformed(batch, this.#options.rejects === undefined ? undefined : origin);
    // It is awaited when its turn to be written comes.
    transformed.catch(() => {});
    this.#written = this.#written.then(async () => this.#write(batch, await transformed));
    this.#written.catch(this.#fail);
  }

  async #transformed(batch: TransformBatch, origin: LineOrigin | undefined): Promise<LineTally> {
    if (this.#pool === undefined && this.summary.bytes <= SMALL_BYTES) {
      return transformBatch(batch, this.#transform, origin);
    }
    this.#pool ??= openLinePool(this.#threads, { siteHosts: this.#options.siteHosts ?? [] });
    return this.#pool.transform(batch, origin);
  }

  async #write(batch: TransformBatch, tally: LineTally): Promise<void> {
    const { output, rejects, onProgress } = this.#options;
    if (batch.output.length > 0) await output(batch.output.bytes.subarray(0, batch.output.length));
    if (batch.rejects.length > 0) await rejects?.(batch.rejects.bytes.subarray(0, batch.rejects.length));
    this.#give(batch);
    addTally(this.summary, tally);
    onProgress?.(this.summary);
  }

  readonly #take = (): Promise<TransformBatch> =>
    new Promise((resolve) => {
      this.#taker = resolve;
      const free = this.#free.pop();
      if (free !== undefined) this.#give(free);
      else if (this.#unmade-- > 0) this.#give(new TransformBatch());
    });

  #give(batch: TransformBatch): void {
    batch.clear();
    if (this.#taker === undefined) this.#free.push(batch);
    else this.#taker(batch);
    this.#taker = undefined;
  }
}

function countLines({ input, length }: TransformBatch): number {
  let lines = 0;
  for (let at = 0; at < length; lines++) {
    const newline = input.indexOf(0x0a, at);
    at = newline === -1 ? length : newline + 1;
  }
  return lines;
}

function addTally(sum: LineTally, tally: LineTally): void {
  sum.lines += tally.lines;
  sum.events += tally.events;
  sum.blank += tally.blank;
  sum.nulBytes += tally.nulBytes;
  for (const [reason, count] of Object.entries(tally.rejected) as [LineRejectReason, number][]) {
    sum.rejected[reason] = (sum.rejected[reason] ?? 0) + count;
  }
}

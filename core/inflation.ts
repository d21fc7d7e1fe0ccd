import { createInflateRaw, type InflateRaw } from 'node:zlib';

const PIECE_BYTES = 256 * 1024;
/** Inflating waits when this much has not been taken: packed bytes can inflate to a thousand times as many. */
const MOST_WAITING_BYTES = 4 * PIECE_BYTES;

/** Inflates one stream of raw deflate data (RFC 1951), and knows where it ends. To be closed. */
export class Inflation {
  readonly #zlib: InflateRaw = createInflateRaw({ chunkSize: PIECE_BYTES });
  #pieces: Buffer[] = [];
  #bytes = 0;
  #fault: Error | undefined;
  #isEnded = false;
  #isWritten = true;
  #wake: () => void = () => {};

  constructor() {
    this.#zlib.on('data', (piece: Buffer) => this.#add(piece));
    this.#zlib.on('error', (error) => {
      this.#fault = error;
    });
    // After a fault the write's callback never runs.
    this.#zlib.on('close', () => this.#written());
  }

  /** Whether the data has come to its end: known only once a byte behind it has been fed. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** How much of what was fed zlib has taken: all of it, up to the end of the data. */
  get taken(): number {
    return this.#zlib.bytesWritten;
  }

  /** What is wrong with the data. What zlib had made of the bytes fed last, before the fault, is then lost in part. */
  get fault(): Error | undefined {
    return this.#fault;
  }

  /** @param bytes at least one. @returns what they inflate to, in pieces of at most 256 KiB. */
  async *feed(bytes: Buffer): AsyncGenerator<Buffer> {
    const before = this.taken;
    this.#isWritten = false;
    this.#zlib.write(bytes, () => this.#written());
    while (!this.#isWritten || this.#pieces.length > 0) {
      if (!this.#isWritten && this.#bytes < MOST_WAITING_BYTES) await this.#change();
      yield* this.#take();
      this.#zlib.resume();
    }
    this.#isEnded = this.#fault === undefined && this.taken - before < bytes.length;
  }

  #add(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes < MOST_WAITING_BYTES) return;
    this.#zlib.pause();
    this.#wake();
  }

  #take(): Buffer[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#bytes = 0;
    return pieces;
  }

  /** All of the bytes are inflated; what the stream holds back while it is paused comes through `data` too. */
  #written(): void {
    while (this.#zlib.readableLength > 0 && this.#zlib.read() !== null);
    this.#isWritten = true;
    this.#wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  close(): void {
    this.#zlib.destroy();
  }
}

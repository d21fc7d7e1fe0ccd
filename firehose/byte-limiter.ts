/** Bounds the bytes in memory: senders wait until there is space for theirs, first come first served. */
export class ByteLimiter {
  readonly #maxBytes: number;
  #queue: QueuedEntry[] = [];
  #bytes = 0;

  /** @param maxBytes may be exceeded by one batch, so that a batch larger than it gets in at all. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Counts bytes that are there already, whether or not there is space. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Lets the bytes in, and counts them, if there is space and nobody waits already. */
  tryEnter(bytes: number): boolean {
    const enters = this.#queue.length === 0 && this.#bytes < this.#maxBytes;
    if (enters) this.add(bytes);
    return enters;
  }

  /**
   * Resolves when the bytes are let in, and counted.
   *
   * @param patienceSeconds how long to wait, after which it rejects with the error that `late` makes. @default as long as it takes
   */
  enter(bytes: number, patienceSeconds: number | undefined, late: () => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry: QueuedEntry = { bytes, resolve, reject };
      this.#queue.push(entry);
      if (patienceSeconds === undefined) return;
      entry.timer = setTimeout(() => {
        this.#queue = this.#queue.filter((other) => other !== entry);
        reject(late());
      }, patienceSeconds * 1000);
    });
  }

  leave(bytes: number): void {
    this.#bytes -= bytes;
    while (this.#bytes < this.#maxBytes) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      clearTimeout(next.timer);
      this.add(next.bytes);
      next.resolve();
    }
  }

  /** Rejects everyone who is waiting. */
  refuse(error: Error): void {
    for (const { reject, timer } of this.#queue.splice(0)) {
      clearTimeout(timer);
      reject(error);
    }
  }
}

interface QueuedEntry {
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  timer?: NodeJS.Timeout;
}

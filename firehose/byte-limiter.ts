/** Bounded memory: who brings bytes waits until there is room for them, first come first served. */
export class Room {
  readonly #maxBytes: number;
  #waiting: Waiting[] = [];
  #bytes = 0;

  /** @param maxBytes may be passed by one batch, so that one larger than it gets in at all. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** For what is there already, room or not. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Lets the bytes in, and counts them, if there is room and nobody waits already. */
  tryEnter(bytes: number): boolean {
    const enters = this.#waiting.length === 0 && this.#bytes < this.#maxBytes;
    if (enters) this.add(bytes);
    return enters;
  }

  /**
   * Resolves when the bytes are let in, and counted.
   *
   * @param patienceSeconds how long to wait, for ever without it; then `late` makes the error.
   */
  enter(bytes: number, patienceSeconds: number | undefined, late: () => Error): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { bytes, resolve, reject };
      this.#waiting.push(waiting);
      if (patienceSeconds === undefined) return;
      waiting.timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(late());
      }, patienceSeconds * 1000);
    });
  }

  leave(bytes: number): void {
    this.#bytes -= bytes;
    while (this.#bytes < this.#maxBytes) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      clearTimeout(next.timer);
      this.add(next.bytes);
      next.resolve();
    }
  }

  /** Turns away all who wait. */
  refuse(error: Error): void {
    for (const { reject, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      reject(error);
    }
  }
}

interface Waiting {
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  timer?: NodeJS.Timeout;
}

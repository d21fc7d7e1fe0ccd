/** A binary heap: what waits for its time, the earliest first, equal times in the order of their numbers. */
export interface Waiting {
  readonly number: number;
  readyAtMs: number;
}

export class ReadyQueue<T extends Waiting> {
  readonly #heap: T[] = [];

  push(item: T): void {
    let place = this.#heap.push(item) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(place, parent)) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  /** Takes the earliest whose time has come. */
  takeReady(nowMs: number): T | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.readyAtMs > nowMs) return undefined;
    const last = this.#heap.pop();
    if (last !== undefined && last !== first) {
      this.#heap[0] = last;
      this.#sink();
    }
    return first;
  }

  #sink(): void {
    for (let place = 0; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      let earliest = place;
      if (this.#isBefore(left, earliest)) earliest = left;
      if (this.#isBefore(right, earliest)) earliest = right;
      if (earliest === place) return;
      this.#swap(place, earliest);
      place = earliest;
    }
  }

  #isBefore(place: number, other: number): boolean {
    const [a, b] = [this.#heap[place], this.#heap[other]];
    if (a === undefined || b === undefined) return false;
    return a.readyAtMs < b.readyAtMs || (a.readyAtMs === b.readyAtMs && a.number < b.number);
  }

  #swap(place: number, other: number): void {
    const [a, b] = [this.#heap[place], this.#heap[other]];
    if (a === undefined || b === undefined) return;
    this.#heap[place] = b;
    this.#heap[other] = a;
  }
}

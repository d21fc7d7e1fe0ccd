/** A binary heap of items by the time at which they are ready; items with equal times by their numbers. */
export interface TimedItem {
  readonly number: number;
  readyAtMs: number;
}

export class ReadyQueue<T extends TimedItem> {
  readonly #heap: T[] = [];

  push(item: T): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(item);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent] as T;
      if (!isBefore(item, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = item;
  }

  /** Removes and returns the earliest item if its time has come. */
  takeReady(nowMs: number): T | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.readyAtMs > nowMs) return undefined;
    const last = this.#heap.pop() as T;
    if (last !== first) this.#sink(last);
    return first;
  }

  /** Replaces the first item and restores the order. */
  #sink(item: T): void {
    const heap = this.#heap;
    const { length } = heap;
    let place = 0;
    for (let child = 1; child < length; child = 2 * place + 1) {
      if (child + 1 < length && isBefore(heap[child + 1] as T, heap[child] as T)) child++;
      const below = heap[child] as T;
      if (!isBefore(below, item)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = item;
  }
}

function isBefore(one: TimedItem, other: TimedItem): boolean {
  return one.readyAtMs < other.readyAtMs || (one.readyAtMs === other.readyAtMs && one.number < other.number);
}

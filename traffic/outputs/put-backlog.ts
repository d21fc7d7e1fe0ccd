/** Records on their way into a delivery stream: new ones in blocks, and those that failed and wait for another attempt. */
import { MAX_BATCH_BYTES, MAX_BATCH_RECORDS } from '../../core/firehose-limits';

/** What became of a record: `lost` may have been accepted, `refused` was not, `unsent` was never tried. */
export const FATES = { taken: 0, refused: 1, lost: 2, unsent: 3 } as const;

export interface Block {
  readonly bytes: Uint8Array;
  /** Where each record ends in `bytes`. */
  readonly ends: Uint32Array;
  /** One of `FATES` for each record. */
  readonly fates: Uint8Array;
  /** Records whose fate is not known yet. */
  open: number;
  /** Called when there are none left. */
  readonly settled: () => void;
}

/** One record of a block that has been sent, or is about to be. */
export interface Item {
  readonly block: Block;
  readonly place: number;
  attempts: number;
  /** An attempt had no answer. */
  isUncertain: boolean;
}

export class PutBacklog {
  readonly #fresh: Block[] = [];
  /** The next record of the first fresh block. */
  #next = 0;
  /** Failed, and ready to go again. */
  #again: Item[] = [];
  /** Failed, and pausing. */
  readonly #pausing = new Map<NodeJS.Timeout, readonly Item[]>();

  get isEmpty(): boolean {
    return this.#fresh.length === 0 && this.#again.length === 0 && this.#pausing.size === 0;
  }

  get hasFullBatch(): boolean {
    let records = this.#again.length - this.#next;
    for (const { ends } of this.#fresh) {
      records += ends.length;
      if (records >= MAX_BATCH_RECORDS) return true;
    }
    return false;
  }

  add(block: Block): void {
    this.#fresh.push(block);
  }

  /** @param ready is called when these records can go again. */
  addAgain(items: readonly Item[], pauseMs: number, ready: () => void): void {
    if (items.length === 0) return;
    const timer = setTimeout(() => {
      this.#pausing.delete(timer);
      this.#again.push(...items);
      ready();
    }, pauseMs);
    this.#pausing.set(timer, items);
  }

  /** What fits one call, those that failed before first. */
  takeBatch(): Item[] {
    const items: Item[] = [];
    let bytes = 0;
    while (items.length < MAX_BATCH_RECORDS) {
      const item = this.#again.at(-1) ?? this.#nextFresh();
      if (item === undefined || bytes + toRecord(item).length > MAX_BATCH_BYTES) break;
      bytes += toRecord(item).length;
      items.push(item);
      if (item.attempts > 0) this.#again.pop();
      else this.#skipFresh();
    }
    return items;
  }

  /** Settles all that is left, untried. */
  dropAll(): void {
    for (const [timer, items] of this.#pausing) {
      clearTimeout(timer);
      for (const item of items) settleFailed(item);
    }
    this.#pausing.clear();
    for (const item of this.#again.splice(0)) settleFailed(item);
    for (let item = this.#nextFresh(); item !== undefined; item = this.#nextFresh()) {
      this.#skipFresh();
      settle(item, FATES.unsent);
    }
  }

  #nextFresh(): Item | undefined {
    const [block] = this.#fresh;
    return block && { block, place: this.#next, attempts: 0, isUncertain: false };
  }

  #skipFresh(): void {
    this.#next++;
    if (this.#next < (this.#fresh[0]?.ends.length ?? 0)) return;
    this.#fresh.shift();
    this.#next = 0;
  }
}

export function toRecord({ block, place }: Item): Uint8Array {
  return block.bytes.subarray(block.ends[place - 1] ?? 0, block.ends[place]);
}

export function settle({ block, place }: Item, fate: number): void {
  block.fates[place] = fate;
  block.open--;
  if (block.open === 0) block.settled();
}

export function settleFailed(item: Item): void {
  settle(item, item.isUncertain ? FATES.lost : FATES.refused);
}

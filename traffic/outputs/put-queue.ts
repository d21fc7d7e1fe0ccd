/**
 * Brings records into a delivery stream: several calls at a time, as full as they can be, and again only what failed.
 *
 * A record that failed waits a while, and goes with the next call that has room for it. Where a call brought over less than
 * half of its records, the stream has no more room for the moment: then all calls wait, longer each time.
 */
import { ToolkitError } from '../../core/errors';
import { MAX_BATCH_BYTES, MAX_BATCH_RECORDS } from '../../core/firehose-limits';
import type { RecordPutter } from '../../core/put-records';
import { toPauseMs } from '../../core/retry';

/** What became of a record: `lost` may have been accepted, `refused` was not, `unsent` was never tried. */
export const FATES = { taken: 0, refused: 1, lost: 2, unsent: 3 } as const;

export interface PutDone {
  /** One of `FATES` for each record. */
  readonly fates: Uint8Array;
  /** Nothing more will be taken. */
  readonly error?: ToolkitError | undefined;
}

export interface PutFigures {
  calls: number;
  /** Records that were sent once more. */
  resent: number;
  /** Accepted after an attempt without an answer, which may have brought them over before. */
  maybeTwice: number;
}

export interface PutQueueOptions {
  readonly putter: RecordPutter;
  /** Calls under way at a time. */
  readonly calls: number;
  /** Gives up when no record has been accepted for that long, and sooner while none ever was. */
  readonly patienceMs: number;
}

/** For records that failed where most of their call did not: the stream has room. */
const FIRST_PAUSE_MS = 25;
/** Where no record was ever accepted, the address may be wrong. */
const FIRST_PATIENCE_MS = 10_000;
/** A record that fails that often (some two minutes) while others do not will never be accepted. */
const MOST_ATTEMPTS = 20;

interface Block {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  readonly fates: Uint8Array;
  /** Records whose fate is not known yet. */
  open: number;
  readonly resolve: (done: PutDone) => void;
}

interface Item {
  readonly block: Block;
  readonly place: number;
  attempts: number;
  /** An attempt had no answer. */
  isUncertain: boolean;
}

export class PutQueue {
  readonly figures: PutFigures = { calls: 0, resent: 0, maybeTwice: 0 };
  readonly #options: PutQueueOptions;
  readonly #fresh: Block[] = [];
  /** The next record of the first fresh block. */
  #next = 0;
  /** Failed, and ready to go again. */
  #again: Item[] = [];
  /** Failed, and waiting. */
  readonly #pausing = new Map<NodeJS.Timeout, readonly Item[]>();
  #underWay = 0;
  #throttles = 0;
  #pausedUntilMs = 0;
  #acceptedAtMs = performance.now();
  #hasAccepted = false;
  /** Why records failed last. */
  #why = '';
  #isHurried = false;
  #error: ToolkitError | undefined;
  readonly #cut = new AbortController();

  constructor(options: PutQueueOptions) {
    this.#options = options;
  }

  /** @param ends where each record ends in `bytes`. @returns once it is known what became of each. */
  put(bytes: Uint8Array, ends: Uint32Array): Promise<PutDone> {
    return new Promise((resolve) => {
      if (this.#isIdle) this.#acceptedAtMs = performance.now();
      const fates = new Uint8Array(ends.length).fill(FATES.unsent);
      this.#fresh.push({ bytes, ends, fates, open: ends.length, resolve });
      this.#pump();
    });
  }

  /** Nothing more is tried; calls under way have `cutMs` left. */
  hurry(cutMs: number): void {
    this.#isHurried = true;
    setTimeout(() => this.#cut.abort(), cutMs).unref();
    if (!this.#hasAccepted && this.#why !== '') this.#giveUpInTime();
    this.#pump();
  }

  get #isIdle(): boolean {
    return this.#underWay === 0 && this.#fresh.length === 0 && this.#again.length === 0 && this.#pausing.size === 0;
  }

  readonly #pump = () => {
    if (this.#isHurried || this.#error !== undefined) this.#dropAll();
    if (performance.now() < this.#pausedUntilMs) return;
    // A call that would not be full waits for company while others are under way.
    while (this.#underWay < this.#options.calls && (this.#underWay === 0 || this.#hasFullBatch)) {
      const items = this.#takeBatch();
      if (items.length === 0) return;
      void this.#send(items);
    }
  };

  get #hasFullBatch(): boolean {
    let records = this.#again.length - this.#next;
    for (const { ends } of this.#fresh) {
      records += ends.length;
      if (records >= MAX_BATCH_RECORDS) return true;
    }
    return false;
  }

  #takeBatch(): Item[] {
    const items: Item[] = [];
    let bytes = 0;
    while (items.length < MAX_BATCH_RECORDS) {
      const item = this.#again.at(-1) ?? this.#nextFresh();
      if (item === undefined || bytes + sizeOf(item) > MAX_BATCH_BYTES) break;
      bytes += sizeOf(item);
      items.push(item);
      if (item.attempts > 0) this.#again.pop();
      else this.#skipFresh();
    }
    return items;
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

  async #send(items: readonly Item[]): Promise<void> {
    this.#underWay++;
    this.figures.calls++;
    for (const item of items) if (item.attempts++ > 0) this.figures.resent++;
    try {
      const { failed, why, sense } = await this.#options.putter.put(items.map(toRecord), this.#cut.signal);
      const again = this.#settleCall(items, failed, sense === 'uncertain');
      if (failed.length > 0) this.#why = why;
      if (failed.length === items.length) {
        this.#giveUpInTime();
      } else {
        this.#acceptedAtMs = performance.now();
        this.#hasAccepted = true;
      }
      this.#throttle(failed.length > items.length / 2);
      this.#pause(again);
    } catch (error) {
      this.#error ??= error as ToolkitError;
      for (const item of items) this.#settleFailed(item);
    }
    this.#underWay--;
    this.#pump();
  }

  /** @returns what is to go again. */
  #settleCall(items: readonly Item[], failed: readonly number[], isUncertain: boolean): Item[] {
    const again: Item[] = [];
    let next = 0;
    for (const [place, item] of items.entries()) {
      if (failed[next] !== place) {
        if (item.isUncertain) this.figures.maybeTwice++;
        this.#settle(item, FATES.taken);
        continue;
      }
      next++;
      if (isUncertain) item.isUncertain = true;
      if (item.attempts < MOST_ATTEMPTS) again.push(item);
      else this.#settleFailed(item);
    }
    return again;
  }

  /** The stream has no room, or has some again. */
  #throttle(isThrottled: boolean): void {
    this.#throttles = isThrottled ? this.#throttles + 1 : 0;
    if (!isThrottled) return;
    const pauseMs = toPauseMs(this.#throttles);
    this.#pausedUntilMs = performance.now() + pauseMs;
    setTimeout(this.#pump, Math.ceil(pauseMs) + 1);
  }

  #pause(items: readonly Item[]): void {
    const [first] = items;
    if (first === undefined) return;
    const timer = setTimeout(
      () => {
        this.#pausing.delete(timer);
        this.#again.push(...items);
        this.#pump();
      },
      toPauseMs(first.attempts, { firstMs: FIRST_PAUSE_MS }),
    );
    this.#pausing.set(timer, items);
  }

  #giveUpInTime(): void {
    const { patienceMs } = this.#options;
    const mostMs = this.#hasAccepted ? patienceMs : Math.min(patienceMs, FIRST_PATIENCE_MS);
    const waitedMs = performance.now() - this.#acceptedAtMs;
    // Who stops a run that got nothing across is to know why.
    if (waitedMs < mostMs && (this.#hasAccepted || !this.#isHurried)) return;
    const howLong = this.#hasAccepted ? `no record for ${Math.round(waitedMs / 1000)} s` : 'none of the records';
    this.#error ??= new ToolkitError(
      'FIREHOSE_AWAY',
      `The delivery stream has accepted ${howLong}: ${this.#why}.`,
      'Check its address and its quotas; what was accepted is in the ledger. A lower --rate is gentler.',
    );
  }

  #dropAll(): void {
    for (const [timer, items] of this.#pausing) {
      clearTimeout(timer);
      for (const item of items) this.#settleFailed(item);
    }
    this.#pausing.clear();
    for (const item of this.#again.splice(0)) this.#settleFailed(item);
    for (let item = this.#nextFresh(); item !== undefined; item = this.#nextFresh()) {
      this.#skipFresh();
      this.#settle(item, FATES.unsent);
    }
  }

  #settleFailed(item: Item): void {
    this.#settle(item, item.isUncertain ? FATES.lost : FATES.refused);
  }

  #settle({ block, place }: Item, fate: number): void {
    block.fates[place] = fate;
    block.open--;
    if (block.open === 0) block.resolve({ fates: block.fates, error: this.#error });
  }
}

function sizeOf({ block, place }: Item): number {
  return (block.ends[place] as number) - (block.ends[place - 1] ?? 0);
}

function toRecord({ block, place }: Item): Uint8Array {
  return block.bytes.subarray(block.ends[place - 1] ?? 0, block.ends[place]);
}

/**
 * Sends records to a delivery stream: several calls at a time, as full as they can be. Only what failed is sent again.
 *
 * A record that failed waits a while, and goes with the next call that has space for it. If a call delivered less than half of its
 * records, the stream has no capacity for the moment: then all calls wait, longer each time.
 */
import { ToolkitError } from '../../core/errors';
import type { RecordPutter } from '../../core/put-records';
import { type SentOnce, sendOnce } from '../../core/record-sender';
import { toPauseMs } from '../../core/retry';
import { FATES, type Item, PutBacklog, settle, settleFailed, toRecord } from './put-backlog';

export interface PutDone {
  /** One of `FATES` for each record. */
  readonly fates: Uint8Array;
  /** Nothing more will be taken. */
  readonly error?: ToolkitError | undefined;
}

export interface PutFigures {
  calls: number;
  /** How many times a record was sent again. */
  resent: number;
  /** Accepted after an attempt without an answer, which may already have delivered them. */
  maybeTwice: number;
}

export interface PutQueueOptions {
  readonly putter: RecordPutter;
  /** Calls under way at a time. */
  readonly calls: number;
  /** Gives up when no record has been accepted for this long, and sooner if none ever was. */
  readonly patienceMs: number;
}

/** For records that failed where most of their call did not: the stream has capacity. */
const FIRST_PAUSE_MS = 25;
/** Where no record was ever accepted, the address may be wrong. */
const FIRST_PATIENCE_MS = 10_000;
/** A record that fails this often (for some two minutes) while others do not will never be accepted. */
const MOST_ATTEMPTS = 20;

export class PutQueue {
  readonly figures: PutFigures = { calls: 0, resent: 0, maybeTwice: 0 };
  readonly #options: PutQueueOptions;
  readonly #backlog = new PutBacklog();
  #underWay = 0;
  #throttles = 0;
  #pausedUntilMs = 0;
  #acceptedAtMs = performance.now();
  #hasAccepted = false;
  /** Why records failed last. */
  #why = '';
  #isStopped = false;
  #error: ToolkitError | undefined;
  readonly #cut = new AbortController();

  constructor(options: PutQueueOptions) {
    this.#options = options;
  }

  /** @param ends where each record ends in `bytes`. @returns once it is known what became of each. */
  put(bytes: Uint8Array, ends: Uint32Array): Promise<PutDone> {
    return new Promise((resolve) => {
      if (this.#underWay === 0 && this.#backlog.isEmpty) this.#acceptedAtMs = performance.now();
      const fates = new Uint8Array(ends.length).fill(FATES.unsent);
      const settled = () => resolve({ fates, error: this.#error });
      this.#backlog.add({ bytes, ends, fates, open: ends.length, settled });
      this.#pump();
    });
  }

  /** Nothing more is tried; calls under way have `cutMs` left. */
  stop(cutMs: number): void {
    this.#isStopped = true;
    setTimeout(() => this.#cut.abort(), cutMs).unref();
    if (!this.#hasAccepted && this.#why !== '') this.#giveUpInTime();
    this.#pump();
  }

  readonly #pump = () => {
    if (this.#isStopped || this.#error !== undefined) this.#backlog.dropAll();
    if (performance.now() < this.#pausedUntilMs) return;
    // A call that would not be full waits for more records while others are in progress.
    while (this.#underWay < this.#options.calls && (this.#underWay === 0 || this.#backlog.hasFullBatch)) {
      const items = this.#backlog.takeBatch();
      if (items.length === 0) return;
      void this.#send(items);
    }
  };

  async #send(items: readonly Item[]): Promise<void> {
    this.#underWay++;
    this.figures.calls++;
    for (const item of items) if (item.attempts++ > 0) this.figures.resent++;
    try {
      this.#take(await sendOnce(this.#options.putter, items, toRecord, this.#cut.signal));
    } catch (error) {
      this.#error ??= error as ToolkitError;
      for (const item of items) settleFailed(item);
    }
    this.#underWay--;
    this.#pump();
  }

  #take({ accepted, failed, why, isUncertain }: SentOnce<Item>): void {
    for (const item of accepted) {
      if (item.isUncertain) this.figures.maybeTwice++;
      settle(item, FATES.taken);
    }
    const again = this.#sortFailed(failed, isUncertain);
    if (failed.length > 0) this.#why = why;
    if (accepted.length === 0) {
      this.#giveUpInTime();
    } else {
      this.#acceptedAtMs = performance.now();
      this.#hasAccepted = true;
    }
    this.#throttle(failed.length > accepted.length);
    this.#backlog.addAgain(again, toPauseMs(again[0]?.attempts ?? 1, { firstMs: FIRST_PAUSE_MS }), this.#pump);
  }

  /** @returns what is to go again. */
  #sortFailed(failed: readonly Item[], isUncertain: boolean): Item[] {
    const again: Item[] = [];
    for (const item of failed) {
      if (isUncertain) item.isUncertain = true;
      if (item.attempts < MOST_ATTEMPTS) again.push(item);
      else settleFailed(item);
    }
    return again;
  }

  /** The stream has no capacity, or has some again. */
  #throttle(isThrottled: boolean): void {
    this.#throttles = isThrottled ? this.#throttles + 1 : 0;
    if (!isThrottled) return;
    const pauseMs = toPauseMs(this.#throttles);
    this.#pausedUntilMs = performance.now() + pauseMs;
    setTimeout(this.#pump, Math.ceil(pauseMs) + 1);
  }

  #giveUpInTime(): void {
    const { patienceMs } = this.#options;
    const mostMs = this.#hasAccepted ? patienceMs : Math.min(patienceMs, FIRST_PATIENCE_MS);
    const waitedMs = performance.now() - this.#acceptedAtMs;
    // A user who stops a run that delivered nothing is told why.
    if (waitedMs < mostMs && (this.#hasAccepted || !this.#isStopped)) return;
    const howLong = this.#hasAccepted ? `no record for ${Math.round(waitedMs / 1000)} s` : 'none of the records';
    this.#error ??= new ToolkitError(
      'FIREHOSE_AWAY',
      `The delivery stream has accepted ${howLong}: ${this.#why}.`,
      'Check its address and its quotas; what was accepted is in the ledger. A lower --rate is gentler.',
    );
  }
}

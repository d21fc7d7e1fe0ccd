/** Where click events end. Every adapter passes `__tests__/support/event-store-contract.ts`. */
import { ToolkitError } from '../core/errors';

/** One event on its way to the store. */
export interface Delivery {
  /** Given when the record was accepted (UUIDv7) and kept over every attempt; never a hash: two equal hits are two hits. */
  readonly id: string;
  /** The event's JSON: one line, UTF-8, without a newline. */
  readonly document: Uint8Array;
}

/** An event that the store will never take, as it is; what may succeed later is an error of `write` instead. */
export interface Refusal {
  readonly id: string;
  /** An HTTP status, as an item of a `_bulk` reply has it. */
  readonly code: string;
  readonly message: string;
}

export interface EventStore {
  /**
   * Resolves once the batch is durable. The same id twice, in one batch or in several, is kept once.
   *
   * @returns what the store refused, in the batch's order.
   * @throws PartlyWritten or another ToolkitError if the store is out of reach or full; with the latter nothing of the batch may be
   *   taken as stored.
   */
  write(batch: readonly Delivery[]): Promise<readonly Refusal[]>;
  close(): Promise<void>;
}

/** The store has taken a part of a batch and cannot take the rest now: what waits is to be written again, and only that. */
export class PartlyWritten extends ToolkitError {
  readonly waiting: readonly Delivery[];
  readonly refused: readonly Refusal[];

  constructor(cause: ToolkitError, waiting: readonly Delivery[], refused: readonly Refusal[]) {
    super(cause.code, cause.message.split('\n', 1)[0] ?? cause.code, cause.hint, { cause });
    this.waiting = waiting;
    this.refused = refused;
  }
}

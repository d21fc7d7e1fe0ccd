/**
 * The write side of a store, which is all that the delivery stream needs; `store.ts` has the whole interface. Every adapter passes
 * `__tests__/support/event-store-contract.ts`.
 */
import { ToolkitError } from '../core/errors';

/** One event on its way to the store. */
export interface Delivery {
  /** A UUIDv7, given when the record was accepted and kept over every attempt. Never a hash: two equal hits are two hits. */
  readonly id: string;
  /** The event's JSON: one line, UTF-8, without a newline. */
  readonly document: Uint8Array;
}

/** An event that the store can never take as it is. For what may succeed later, `write` throws instead. */
export interface Refusal {
  readonly id: string;
  /** An HTTP status, as in an item of a `_bulk` reply. */
  readonly code: string;
  /** What it is counted by: the same for all events with the same fault, and without anything from the event. `wrong-type: bytes` */
  readonly reason: string;
  readonly message: string;
}

export interface EventStore {
  /**
   * Resolves once the batch is durable. An id that is written twice, in one batch or in several, is stored once.
   *
   * @returns what the store refused, in the batch's order.
   * @throws PartlyWritten if only a part is stored or refused; another ToolkitError if the store is out of reach or full: then
   *   nothing of the batch counts as stored.
   */
  write(batch: readonly Delivery[]): Promise<readonly Refusal[]>;
  close(): Promise<void>;
}

/** The store has taken a part of a batch and cannot take the rest now: only `waiting` has to be written again. */
export class PartlyWritten extends ToolkitError {
  readonly waiting: readonly Delivery[];
  readonly refused: readonly Refusal[];

  constructor(cause: ToolkitError, waiting: readonly Delivery[], refused: readonly Refusal[]) {
    super(cause.code, cause.message.split('\n', 1)[0] ?? cause.code, cause.hint, { cause });
    this.waiting = waiting;
    this.refused = refused;
  }
}

import type { FirehoseSender } from './firehose-sender';
import { RecordBatch } from './record-batch';

const MAX_IN_FLIGHT = 4;

/** The batch that is being filled, and those in flight. */
export class Outbox {
  batch = new RecordBatch();
  readonly #sender: FirehoseSender;
  readonly #failed: (error: unknown) => void;
  readonly #inFlight = new Set<Promise<void>>();

  /** @param failed is called when a batch cannot be sent, now or ever. */
  constructor(sender: FirehoseSender, failed: (error: unknown) => void) {
    this.#sender = sender;
    this.#failed = failed;
  }

  /** Sends the batch, if it has any records, as soon as fewer than MAX_IN_FLIGHT are in flight. */
  async flush(): Promise<void> {
    const { batch } = this;
    if (batch.records.length === 0) return;
    this.batch = new RecordBatch();
    while (this.#inFlight.size >= MAX_IN_FLIGHT) await Promise.race(this.#inFlight);
    const sending = this.#send(batch).finally(() => this.#inFlight.delete(sending));
    this.#inFlight.add(sending);
  }

  async #send(batch: RecordBatch): Promise<void> {
    try {
      if (await this.#sender.send(batch.records)) batch.acknowledge();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Waits until everything read is accepted, or has failed. */
  async drain(): Promise<void> {
    await this.flush();
    await Promise.all(this.#inFlight);
  }
}

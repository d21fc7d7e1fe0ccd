import type { FirehoseSender } from './firehose-sender';
import { LineBatch } from './line-batch';

const MAX_IN_FLIGHT = 4;

/** The batch that is being filled, and those that are on their way. */
export class Outbox {
  batch = new LineBatch();
  readonly #sender: FirehoseSender;
  readonly #failed: (error: unknown) => void;
  readonly #inFlight = new Set<Promise<void>>();

  /** @param failed told when a batch cannot be sent, now or ever. */
  constructor(sender: FirehoseSender, failed: (error: unknown) => void) {
    this.#sender = sender;
    this.#failed = failed;
  }

  /** Sends the batch, if there is anything in it, as soon as there is room in flight. */
  async flush(): Promise<void> {
    const { batch } = this;
    if (batch.records.length === 0) return;
    this.batch = new LineBatch();
    while (this.#inFlight.size >= MAX_IN_FLIGHT) await Promise.race(this.#inFlight);
    const sending = this.#send(batch).finally(() => this.#inFlight.delete(sending));
    this.#inFlight.add(sending);
  }

  async #send(batch: LineBatch): Promise<void> {
    try {
      if (await this.#sender.send(batch.records)) batch.acknowledge();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Waits until all that has been read has arrived, or cannot. */
  async drain(): Promise<void> {
    await this.flush();
    await Promise.all(this.#inFlight);
  }
}

import { RecordBatch } from './record-batch';
import type { RecordSink, SendOptions } from './record-sink';

const MAX_IN_FLIGHT = 4;

/** The batch that is being filled, and those in flight. */
export class Outbox {
  batch = new RecordBatch();
  readonly #sink: RecordSink;
  readonly #options: SendOptions;
  readonly #failed: (error: unknown) => void;
  readonly #inFlight = new Set<Promise<void>>();

  /** @param failed is called when a batch cannot be sent, now or ever. */
  constructor(sink: RecordSink, options: SendOptions, failed: (error: unknown) => void) {
    this.#sink = sink;
    this.#options = options;
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
      if (await this.#sink.send(batch, this.#options)) batch.acknowledge();
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

import { setTimeout as sleep } from 'node:timers/promises';
import { openRecordPutter, type RecordPutter } from '../core/put-records';
import { toPauseMs } from '../core/retry';

export interface FirehoseSenderProps {
  readonly deliveryStream: string;
  readonly endpoint: URL;
  readonly region: string;
  /** Once aborted, no batch is tried again after its next attempt. */
  readonly signal: AbortSignal;
  readonly warn: (sentence: string) => void;
  /** Called with the number of records that one attempt brought over. */
  readonly acknowledged: (records: number) => void;
}

/** A hiccup is not worth a word. */
const WARN_AFTER_ATTEMPTS = 3;

/** Sends batches to a delivery stream until each of their records has been accepted. */
export class FirehoseSender {
  readonly #props: FirehoseSenderProps;
  #putter: Promise<RecordPutter> | undefined;
  #warned = false;

  constructor(props: FirehoseSenderProps) {
    this.#props = props;
  }

  /**
   * Tries without limit, only with the records that were not accepted yet; a reply that is lost after the stream
   * accepted the records makes duplicates, which nobody at this end can know.
   *
   * @returns whether all was accepted; false only after `signal` was aborted.
   * @throws ToolkitError FIREHOSE_REFUSED if trying again cannot help.
   */
  async send(batch: readonly Uint8Array[]): Promise<boolean> {
    const putter = await this.#open();
    let rest = batch;
    for (let attempt = 1; ; attempt += 1) {
      const last = this.#props.signal.aborted;
      const { failed, why } = await putter.put(rest);
      this.#props.acknowledged(rest.length - failed.length);
      const isFailed = new Set(failed);
      rest = rest.filter((_, place) => isFailed.has(place));
      if (rest.length === 0) {
        this.#recover();
        return true;
      }
      if (last) return false;
      this.#warnAfter(attempt, why);
      // A stop ends the pause: the last attempt is made at once.
      await sleep(toPauseMs(attempt), undefined, { signal: this.#props.signal }).catch(() => {});
    }
  }

  #open(): Promise<RecordPutter> {
    const { deliveryStream, endpoint, region } = this.#props;
    this.#putter ??= openRecordPutter({ stream: deliveryStream, endpoint, region });
    return this.#putter;
  }

  #warnAfter(attempt: number, why: string): void {
    if (this.#warned || attempt < WARN_AFTER_ATTEMPTS) return;
    this.#warned = true;
    const { deliveryStream, endpoint, warn } = this.#props;
    warn(`Delivery stream ${deliveryStream} at ${endpoint.origin} takes no records (${why}): trying until it does.`);
  }

  #recover(): void {
    if (!this.#warned) return;
    this.#warned = false;
    this.#props.warn(`Delivery stream ${this.#props.deliveryStream} takes records again; nothing is lost.`);
  }

  close(): void {
    this.#putter?.then((putter) => putter.close()).catch(() => {});
  }
}

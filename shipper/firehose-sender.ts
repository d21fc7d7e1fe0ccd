import { openRecordPutter, type RecordPutter } from '../core/put-records';
import { type SentOnce, sendUntilAccepted } from '../core/record-sender';

export interface FirehoseSenderProps {
  readonly deliveryStream: string;
  readonly endpoint: URL;
  readonly region: string;
  /** Once aborted, each batch has one more attempt. */
  readonly signal: AbortSignal;
  readonly warn: (sentence: string) => void;
  /** Called with the number of records that one attempt delivered. */
  readonly acknowledged: (records: number) => void;
}

/** A hiccup is not worth a warning. */
const WARN_AFTER_ATTEMPTS = 3;

/** The shipper's end of a delivery stream: opened with the first batch, with one warning when the stream accepts nothing for a while. */
export class FirehoseSender {
  readonly #props: FirehoseSenderProps;
  #putter: Promise<RecordPutter> | undefined;
  #warned = false;

  constructor(props: FirehoseSenderProps) {
    this.#props = props;
  }

  /**
   * @returns whether all was accepted; false only after `signal` was aborted.
   * @throws ToolkitError FIREHOSE_REFUSED if no further attempt can help.
   */
  async send(batch: readonly Uint8Array[]): Promise<boolean> {
    const { deliveryStream: stream, endpoint, region, signal } = this.#props;
    this.#putter ??= openRecordPutter({ stream, endpoint, region });
    const onAttempt = (sent: SentOnce<Uint8Array>, attempt: number) => {
      this.#props.acknowledged(sent.accepted.length);
      if (sent.failed.length === 0) this.#recover();
      else if (attempt >= WARN_AFTER_ATTEMPTS && !signal.aborted) this.#warnOnce(sent.why);
    };
    return sendUntilAccepted(await this.#putter, batch, { signal, onAttempt });
  }

  #warnOnce(why: string): void {
    if (this.#warned) return;
    this.#warned = true;
    const { deliveryStream, endpoint, warn } = this.#props;
    warn(
      `Delivery stream ${deliveryStream} at ${endpoint.origin} accepts no records (${why}): retrying until it does.`,
    );
  }

  #recover(): void {
    if (!this.#warned) return;
    this.#warned = false;
    this.#props.warn(`Delivery stream ${this.#props.deliveryStream} accepts records again; nothing was lost.`);
  }

  close(): void {
    this.#putter?.then((putter) => putter.close()).catch(() => {});
  }
}

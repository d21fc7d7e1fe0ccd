import { reasonOf } from '../core/errors';
import { isLoopback, openRecordPutter, type RecordPutter } from '../core/put-records';
import { type SentOnce, sendUntilAccepted } from '../core/record-sender';
import type { SourcePosition } from '../core/record-source';
import { type Attempt, retry } from '../core/retry';
import { fetchPositions } from './fetch-positions';
import { InFlightNote } from './in-flight-note';
import type { InFlight, RecordSink, SendOptions, SentBatch } from './record-sink';

export interface FirehoseSinkProps {
  readonly deliveryStream: string;
  /** An endpoint to use instead of AWS’s. A loopback address gets made-up credentials, any other the ones that the AWS SDK finds. */
  readonly endpoint?: URL | undefined;
  /** @default what the AWS SDK finds, and us-east-1 for a loopback address. */
  readonly region?: string | undefined;
  /** What is on its way to a stream that cannot say what it has. */
  readonly noteFile: string;
  readonly warn: (sentence: string) => void;
}

/** A hiccup is not worth a warning. */
const WARN_AFTER_ATTEMPTS = 3;

/** Sends to a delivery stream over HTTP: to one of ours each line once, to any other at least once, and what is uncertain is named. */
export class FirehoseSink implements RecordSink {
  readonly #props: FirehoseSinkProps;
  readonly #note: InFlightNote;
  #putter: Promise<RecordPutter> | undefined;
  #isOurs = false;
  #warned = false;

  constructor(props: FirehoseSinkProps) {
    this.#props = props;
    this.#note = new InFlightNote(props.noteFile);
  }

  async positions(signal: AbortSignal): Promise<readonly SourcePosition[] | undefined> {
    const { endpoint, deliveryStream } = this.#props;
    if (endpoint === undefined || !isLoopback(endpoint)) return undefined;
    const fetch = async (attempt: number) => {
      try {
        return await fetchPositions(endpoint, deliveryStream, signal);
      } catch (error) {
        this.#report(false, reasonOf(error), attempt, signal);
        throw error;
      }
    };
    const positions = await retry(fetch, { signal });
    this.#isOurs = positions !== undefined;
    return positions;
  }

  uncertainBefore(): Promise<readonly InFlight[]> {
    return this.#note.read();
  }

  async send(batch: SentBatch, options: SendOptions): Promise<boolean> {
    const { deliveryStream: stream, endpoint, region } = this.#props;
    this.#putter ??= openRecordPutter({ stream, endpoint, region });
    const putter = await this.#putter;
    return this.#isOurs ? this.#sendOnce(putter, batch, options) : this.#sendAtLeastOnce(putter, batch, options);
  }

  /** Sends the whole batch again until all of it is accepted: the stream knows what it has. */
  async #sendOnce(putter: RecordPutter, { records, sources }: SentBatch, options: SendOptions): Promise<boolean> {
    const { signal, acknowledged } = options;
    let isLast = false;
    const put = async (attempt: number) => {
      isLast = signal.aborted;
      const result = await putter.put(records, { sources });
      this.#report(result.failed.length === 0, result.why, attempt, signal);
      return result.failed.length === 0;
    };
    const again = (outcome: Attempt<boolean>) => 'value' in outcome && !outcome.value && !isLast;
    const isAccepted = await retry(put, { again, wake: signal });
    if (isAccepted) acknowledged(records.length);
    return isAccepted;
  }

  async #sendAtLeastOnce(putter: RecordPutter, batch: SentBatch, options: SendOptions): Promise<boolean> {
    const { signal, acknowledged, uncertain } = options;
    const inFlight = await this.#noteInFlight(batch, signal);
    if (inFlight === undefined) return false;
    const onAttempt = (sent: SentOnce<Uint8Array>, attempt: number) => {
      acknowledged(sent.accepted.length);
      if (sent.isUncertain) {
        uncertain(sent.failed.length);
        this.#props.warn(
          `There was no answer (${sent.why}) about ${inFlight.name}: sent again, so the stream may have it twice.`,
        );
      }
      this.#report(sent.failed.length === 0, sent.why, attempt, signal);
    };
    const isAccepted = await sendUntilAccepted(putter, batch.records, { signal, onAttempt });
    await this.#note.end(inFlight);
    return isAccepted;
  }

  /** Nothing is sent that is not noted. @returns undefined if that could not be done before the end. */
  async #noteInFlight(batch: SentBatch, signal: AbortSignal): Promise<InFlight | undefined> {
    let warned = false;
    const write = async () => {
      try {
        return await this.#note.begin(batch);
      } catch (error) {
        if (!warned) this.#props.warn(`${reasonOf(error)} Nothing is sent until then.`);
        warned = true;
        throw error;
      }
    };
    return retry(write, { signal }).catch(() => undefined);
  }

  /** One warning when the stream accepts nothing for a while, and one when it does again. */
  #report(accepted: boolean, why: string, attempt: number, signal: AbortSignal): void {
    const { deliveryStream, endpoint, warn } = this.#props;
    if (accepted) {
      if (this.#warned) warn(`Delivery stream ${deliveryStream} accepts records again; nothing was lost.`);
      this.#warned = false;
    } else if (attempt >= WARN_AFTER_ATTEMPTS && !signal.aborted && !this.#warned) {
      this.#warned = true;
      const where = endpoint === undefined ? '' : ` at ${endpoint.origin}`;
      warn(`Delivery stream ${deliveryStream}${where} accepts no records (${why}): retrying until it does.`);
    }
  }

  close(): void {
    this.#putter?.then((putter) => putter.close()).catch(() => {});
  }
}

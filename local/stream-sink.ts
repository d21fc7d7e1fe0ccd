import { reasonOf, ToolkitError } from '../core/errors';
import type { SourcePosition } from '../core/record-source';
import { type Attempt, retry } from '../core/retry';
import type { DeliveryStream } from '../firehose/delivery-stream';
import { watchOutage } from '../firehose/outage';
import type { RecordSink, SendOptions, SentBatch } from '../shipper/record-sink';

/** How long a batch waits for capacity before a shipper that stops gives it up. */
const PATIENCE_SECONDS = 5;

/** Hands batches to a delivery stream of the same process, without a wire in between. */
export class StreamSink implements RecordSink {
  readonly #stream: DeliveryStream;
  readonly #outage: ReturnType<typeof watchOutage>;

  constructor(stream: DeliveryStream, warn: (sentence: string) => void) {
    this.#stream = stream;
    this.#outage = watchOutage(warn);
  }

  async positions(): Promise<readonly SourcePosition[]> {
    return this.#stream.positions().all();
  }

  async uncertainBefore(): Promise<readonly []> {
    return [];
  }

  async send({ records, sources }: SentBatch, { signal, acknowledged }: SendOptions): Promise<boolean> {
    let isLast = false;
    const put = async () => {
      isLast = signal.aborted;
      return this.#stream.putRecords(records, { sources, patienceSeconds: PATIENCE_SECONDS });
    };
    const again = (outcome: Attempt<unknown>) => {
      if (!('error' in outcome) || isLast || !isLasting(outcome.error)) return false;
      if (codeOf(outcome.error) !== 'STREAM_BUSY') this.#outage.begins(`${reasonOf(outcome.error)} It is tried again.`);
      return true;
    };
    try {
      await retry(put, { again, wake: signal });
    } catch (error) {
      if (isLasting(error) || codeOf(error) === 'STREAM_CLOSED') return false;
      throw error;
    }
    this.#outage.ends();
    acknowledged(records.length);
    return true;
  }

  close(): void {}
}

/** The stream may take the same batch later. */
function isLasting(error: unknown): boolean {
  return ['STREAM_BUSY', 'JOURNAL_WRITE_FAILED'].includes(codeOf(error) ?? '');
}

function codeOf(error: unknown): string | undefined {
  return error instanceof ToolkitError ? error.code : undefined;
}

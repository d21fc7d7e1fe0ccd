/**
 * Sends records to a delivery stream as Firehose asks of producers: only the records that were not accepted are sent again, after
 * a pause. The shipper sends a batch until all of it is accepted; `traffic --stream` puts what failed into its next calls.
 */
import type { RecordPutter } from './put-records';
import { retry } from './retry';

/** The result of one call. */
export interface SentOnce<T> {
  readonly accepted: readonly T[];
  readonly failed: readonly T[];
  /** Why the first of them failed: `ServiceUnavailableException`. */
  readonly why: string;
  /** The call had no answer, so records that failed may have been accepted all the same. */
  readonly isUncertain: boolean;
}

/**
 * Makes one call with these items' records: 500 records and 4 MiB at most.
 *
 * @throws ToolkitError FIREHOSE_REFUSED if no further attempt can help.
 */
export async function sendOnce<T>(
  putter: RecordPutter,
  items: readonly T[],
  toRecord: (item: T) => Uint8Array,
  signal?: AbortSignal,
): Promise<SentOnce<T>> {
  const { failed: places, why, sense } = await putter.put(items.map(toRecord), { signal });
  const accepted: T[] = [];
  const failed: T[] = [];
  for (const [place, item] of items.entries()) {
    if (places[failed.length] === place) failed.push(item);
    else accepted.push(item);
  }
  return { accepted, failed, why, isUncertain: sense === 'uncertain' };
}

export interface SendProps {
  /** Once aborted, each batch has one more attempt, at once. */
  readonly signal: AbortSignal;
  /** Called after each attempt, counted from 1. */
  readonly onAttempt: (sent: SentOnce<Uint8Array>, attempt: number) => void;
}

/**
 * Sends one batch without limit of attempts. If a reply is lost after the stream accepted the records, they are sent again and so
 * stored twice: the sender cannot tell.
 *
 * @returns whether all of it was accepted; false only after `signal` was aborted.
 * @throws ToolkitError FIREHOSE_REFUSED if no further attempt can help.
 */
export async function sendUntilAccepted(
  putter: RecordPutter,
  batch: readonly Uint8Array[],
  { signal, onAttempt }: SendProps,
): Promise<boolean> {
  let rest = batch;
  let isLast = false;
  await retry(
    async (attempt) => {
      isLast = signal.aborted;
      const sent = await sendOnce(putter, rest, (record) => record);
      rest = sent.failed;
      onAttempt(sent, attempt);
    },
    { again: (outcome) => 'value' in outcome && rest.length > 0 && !isLast, wake: signal },
  );
  return rest.length === 0;
}

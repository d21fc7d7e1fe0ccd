/** Delivers one buffer: its records are copied and transformed at the same time, then stored; failures are kept as objects. */
import pLimit from 'p-limit';
import { reasonOf } from '../core/errors';
import { retry } from '../core/retry';
import type { Delivery, EventStore } from '../store/event-store';
import type { Batch } from './batch';
import type { DeliveryFailedRecord, ProcessingFailedRecord } from './failed-record';
import { putObject, toObjectKey } from './objects';
import { watchOutage } from './outage';
import { createDocumentWriter, type Refused } from './store-documents';
import { type Transformed, type TransformProps, transformBatches } from './transform-calls';

/** One buffer in memory. */
export interface LoadedBuffer {
  readonly batches: readonly Batch[];
}

/** What became of the records of one buffer. */
export interface DeliveryOutcome {
  readonly stored: number;
  readonly processingFailed: number;
  readonly deliveryFailed: number;
  readonly dropped: number;
  /** Why events were not delivered, and how many: together `deliveryFailed`. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** Where a failed event was meant to go, as its record in the bucket says. */
export interface DestinationIndex {
  readonly name: string;
  /** The documents' type, for an engine that has types. */
  readonly type?: string;
}

export interface DeliveryProps {
  readonly stream: string;
  readonly prefix: string;
  readonly folders: { readonly bucket: string; readonly scratch: string };
  readonly transform: TransformProps;
  readonly lambdaArn: string;
  readonly store: EventStore;
  readonly index: DestinationIndex;
  /** How long documents that the store cannot take are retried, the first attempt included. */
  readonly retrySeconds: number;
  readonly warn: (sentence: string) => void;
  /** Aborted when the stream closes: what fails from then on stays in the journal. */
  readonly closing: AbortSignal;
}

/** Buffers in each stage: one being processed, and the next one ready. */
const AT_ONCE = 2;

/** Each stage takes buffers in order, while the next ones are already in the stage before it. */
export function openDelivery(props: DeliveryProps): (segment: LoadedBuffer) => Promise<DeliveryOutcome> {
  const transforms = pLimit(AT_ONCE);
  const writes = pLimit(AT_ONCE);
  const failedPrefix = `${props.prefix}elasticsearch-failed/`;
  const store = createDocumentWriter({ ...props, failedPrefix });
  const bucketOutage = watchOutage(props.warn);

  async function transformAndStore(segment: LoadedBuffer): Promise<DeliveryOutcome> {
    const transformed = await transforms(() => transformBatches(segment.batches, props.transform));
    const readyMs = Date.now();
    const refused = await writes(() => store(transformed.documents, readyMs));
    await allEnded([
      keep(segment, 'processing-failed/', processingFailedLines(transformed)),
      keep(segment, 'elasticsearch-failed/', refusedLines(segment, transformed.documents, refused)),
    ]);
    const deliveryFailed = refused.refusals.size;
    return {
      stored: transformed.documents.length - deliveryFailed,
      processingFailed: transformed.failures.length,
      deliveryFailed,
      dropped: transformed.dropped,
      reasons: countReasons(refused),
    };
  }

  function refusedLines(segment: LoadedBuffer, documents: readonly Delivery[], refused: Refused): string[] {
    if (refused.refusals.size === 0) return [];
    const arrivals = arrivalsOf(segment, refused.refusals);
    const now = Date.now();
    return documents.flatMap(({ id, document }) => {
      const refusal = refused.refusals.get(id);
      if (refusal === undefined) return [];
      const line: DeliveryFailedRecord = {
        attemptsMade: refused.attempts,
        arrivalTimestamp: arrivals.get(id) ?? now,
        errorCode: refusal.code,
        errorMessage: refusal.message,
        attemptEndingTimestamp: now,
        esDocumentId: id,
        esIndexName: props.index.name,
        ...(props.index.type === undefined ? {} : { esTypeName: props.index.type }),
        rawData: Buffer.from(document.buffer, document.byteOffset, document.length).toString('base64'),
      };
      return [`${JSON.stringify(line)}\n`];
    });
  }

  function processingFailedLines({ failures }: Transformed): string[] {
    return failures.map((failure) => {
      const line: ProcessingFailedRecord = { ...failure, lambdaARN: props.lambdaArn };
      return `${JSON.stringify(line)}\n`;
    });
  }

  async function keep(segment: LoadedBuffer, kind: string, lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await put(segment, kind, [Buffer.from(lines.join(''))]);
  }

  /** Retries until the object is written; meanwhile its buffer waits, and in time the senders. @throws the last error once the stream closes. */
  async function put(segment: LoadedBuffer, kind: string, parts: readonly Uint8Array[]): Promise<void> {
    const key = toObjectKey({ prefix: props.prefix + kind, stream: props.stream, ...oldestOf(segment) });
    const { folders, closing } = props;
    const write = async () => {
      try {
        await putObject(folders, key, parts);
        bucketOutage.ends();
      } catch (error) {
        bucketOutage.begins(`${key} cannot be written in ${folders.bucket}: ${reasonOf(error)}. It is retried.`);
        throw error;
      }
    };
    await retry(write, { signal: closing });
  }

  return async (segment) => {
    const parts = segment.batches.map(({ bytes }) => bytes);
    const delivered = transformAndStore(segment);
    await allEnded([delivered, put(segment, '', parts)]);
    return delivered;
  };
}

function countReasons({ refusals }: Refused): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { reason } of refusals.values()) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

function arrivalsOf(segment: LoadedBuffer, ids: ReadonlyMap<string, unknown>): ReadonlyMap<string, number> {
  const arrivals = new Map<string, number>();
  for (const batch of segment.batches) {
    for (let index = 0; index < batch.count; index++) {
      const id = batch.idAt(index);
      if (ids.has(id)) arrivals.set(id, batch.arrivalMs);
    }
  }
  return arrivals;
}

function oldestOf({ batches: [oldest] }: LoadedBuffer): { readonly arrivalMs: number; readonly id: string } {
  if (oldest === undefined) throw new RangeError('a segment is never empty');
  return { arrivalMs: oldest.arrivalMs, id: oldest.idAt(0) };
}

/** Waits for all of them even if one fails: the store may be closed next. @throws the first failure. */
async function allEnded(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

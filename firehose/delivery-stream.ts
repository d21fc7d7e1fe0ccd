/**
 * A delivery stream on this machine that keeps Firehose's contract: journal before the reply, buffer, transform with
 * Firehose's retries and error records, store, S3-shaped objects, a stable id for each accepted record.
 */
import { setMaxListeners } from 'node:events';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, ToolkitError } from '../core/errors';
import type { EventStore } from '../store/event-store';
import { frameBytes, toBatch } from './batch';
import { type DestinationIndex, type Outcome, openDelivery } from './delivery';
import { type FolderLock, lockFolder } from './folder-lock';
import type { TransformFunction } from './function-call';
import { Journal, type JournalProps, type Segment } from './journal';
import { recoverSegments } from './journal-recovery';
import { DRAFT_SUFFIX } from './objects';
import { MAX_RECORDS_A_BATCH, openIdSource } from './record-ids';
import { Room } from './room';

export interface DeliveryStreamProps {
  readonly name: string;
  /** The data folder; the stream uses `journal` and `bucket` in it, and makes them. */
  readonly folder: string;
  /** Of the objects' keys: `apache_`. */
  readonly prefix: string;
  /** A buffer is delivered when it reaches this size … */
  readonly bufferBytes: number;
  /** … or this age, whichever is first. */
  readonly bufferSeconds: number;
  /** The Lambda function; stays the caller's to close. */
  readonly transform: TransformFunction;
  /** Stays the caller's to close. */
  readonly store: EventStore;
  /** What the line of a failed event names as its destination. */
  readonly index: DestinationIndex;
  /** Told of what a person should know, one sentence at a time. */
  readonly warn: (sentence: string) => void;
  /** How long the store is tried again before its events go to the failed prefix. @default 300, as Firehose's */
  readonly retrySeconds?: number;
  /** Before a failed transform call's second attempt; it doubles. @default 100 */
  readonly transformRetryMs?: number;
  /** @default node:fs/promises' open */
  readonly openFile?: JournalProps['openFile'];
}

/** `accepted + recovered = stored + processingFailed + deliveryFailed + dropped + buffered().records`, at any time. */
export interface DeliveryCounts extends Outcome {
  /** Put in this run. */
  readonly accepted: number;
  /** Found in the journal at the start, from an earlier run. */
  readonly recovered: number;
}

export interface Buffered {
  readonly records: number;
  /** In the journal, and in memory. */
  readonly bytes: number;
}

export interface DeliveryStream {
  readonly name: string;
  readonly arn: string;
  readonly openedAt: Date;
  /**
   * Takes one batch, whole or not at all. While too much waits for delivery this waits too: the back-pressure.
   *
   * @param records at most 16,384.
   * @param patienceSeconds how long to wait for room; without it, as long as it takes.
   * @returns their ids, in order, once they are durable.
   * @throws ToolkitError STREAM_BUSY (no room in time), JOURNAL_WRITE_FAILED, STREAM_CLOSED.
   */
  putRecords(records: readonly Uint8Array[], patienceSeconds?: number): Promise<readonly string[]>;
  counts(): DeliveryCounts;
  /** Accepted, and not yet stored or kept as failed. */
  buffered(): Buffered;
  /** Delivers at once all that is accepted now; resolves when it is. */
  drain(): Promise<void>;
  /**
   * Drains and lets the folder go. What the store or the bucket cannot take now is not called failed: it stays in the
   * journal, and the next run delivers it under the same ids.
   */
  close(): Promise<void>;
}

/** No such account and no such region's machine: the shape of AWS's names, for tools that read them. */
const ACCOUNT = '000000000000';
const REGION = 'us-east-1';

/**
 * Opens the stream and begins to deliver what an earlier run left in the journal.
 *
 * @throws ToolkitError DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE.
 */
export async function openDeliveryStream(props: DeliveryStreamProps): Promise<DeliveryStream> {
  const journal = join(props.folder, 'journal');
  const bucket = join(props.folder, 'bucket');
  let lock: FolderLock | undefined;
  try {
    await mkdir(journal, { recursive: true });
    await mkdir(bucket, { recursive: true });
    lock = await lockFolder(props.folder);
    await removeDrafts(journal);
    return new LocalDeliveryStream(props, lock, await recoverSegments(journal, props.warn));
  } catch (error) {
    await lock?.release();
    if (error instanceof ToolkitError) throw error;
    throw new ToolkitError(
      'DATA_FOLDER_UNUSABLE',
      `The data folder ${props.folder} cannot be used: ${reasonOf(error)}.`,
      'Name a folder that can be written.',
      { cause: error },
    );
  }
}

/** Objects that were being written when an earlier run stopped: their records are still in the journal. */
async function removeDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.endsWith(DRAFT_SUFFIX)) await rm(join(folder, name), { force: true });
  }
}

class LocalDeliveryStream implements DeliveryStream {
  readonly name: string;
  readonly arn: string;
  readonly openedAt = new Date();
  readonly #warn: (sentence: string) => void;
  readonly #lock: FolderLock;
  readonly #journal: Journal;
  readonly #deliver: (segment: Segment) => Promise<Outcome>;
  readonly #deliveries = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #nextIdBase = openIdSource();
  readonly #room: Room;
  #closed: Promise<void> | undefined;
  #counts: DeliveryCounts = {
    accepted: 0,
    recovered: 0,
    stored: 0,
    processingFailed: 0,
    deliveryFailed: 0,
    dropped: 0,
  };

  constructor(props: DeliveryStreamProps, lock: FolderLock, found: Awaited<ReturnType<typeof recoverSegments>>) {
    const { name, folder, prefix, transform, store, warn, retrySeconds = 300 } = props;
    this.name = name;
    this.arn = `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/${name}`;
    this.#warn = warn;
    // Every buffer that waits for a retry listens; the room bounds their number.
    setMaxListeners(0, this.#closing.signal);
    this.#lock = lock;
    // Two buffers on their way and one that fills; small ones may queue a little more, so that no stage waits.
    this.#room = new Room(3 * props.bufferBytes + QUEUE_BYTES);
    this.#deliver = openDelivery({
      stream: name,
      prefix,
      folders: { bucket: join(folder, 'bucket'), scratch: join(folder, 'journal') },
      transform: {
        call: transform,
        deliveryStreamArn: this.arn,
        region: REGION,
        retryDelayMs: props.transformRetryMs ?? 100,
      },
      lambdaArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:clickstreamy-etl`,
      store,
      index: props.index,
      retrySeconds,
      warn,
      closing: this.#closing.signal,
    });
    this.#journal = new Journal({
      folder: join(folder, 'journal'),
      segmentBytes: props.bufferBytes,
      segmentSeconds: props.bufferSeconds,
      nextSegment: found.nextSegment,
      sealed: (segment) => this.#start(segment),
      ...(props.openFile && { openFile: props.openFile }),
    });
    for (const segment of found.segments) {
      this.#count({ recovered: segment.records });
      this.#room.add(segmentBytes(segment));
      this.#start(segment);
    }
  }

  async putRecords(records: readonly Uint8Array[], patienceSeconds?: number): Promise<readonly string[]> {
    if (records.length > MAX_RECORDS_A_BATCH) throw new RangeError(`at most ${MAX_RECORDS_A_BATCH} records a batch`);
    if (records.length === 0) return [];
    this.#refuseIfClosed();
    const bytes = frameBytes(records);
    if (!this.#room.tryEnter(bytes)) {
      await this.#room.enter(bytes, patienceSeconds, () => busy(this.name, this.#room.bytes));
      this.#refuseIfClosed();
    }
    const batch = toBatch(records, this.#nextIdBase(), Date.now());
    try {
      await this.#journal.append(batch);
    } catch (error) {
      this.#room.leave(bytes);
      throw error;
    }
    this.#count({ accepted: batch.count });
    return records.map((_, index) => batch.idAt(index));
  }

  counts(): DeliveryCounts {
    return this.#counts;
  }

  buffered(): Buffered {
    const { accepted, recovered, stored, processingFailed, deliveryFailed, dropped } = this.#counts;
    const done = stored + processingFailed + deliveryFailed + dropped;
    return { records: accepted + recovered - done, bytes: this.#room.bytes };
  }

  async drain(): Promise<void> {
    await this.#journal.seal();
    await Promise.all(this.#deliveries);
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    this.#closing.abort();
    this.#room.refuse(closed(this.name));
    await this.drain();
    const { records } = this.buffered();
    if (records > 0) this.#warn(`${records} accepted records stay in the journal; the next run delivers them.`);
    await this.#journal.close();
    await this.#lock.release();
  }

  #refuseIfClosed(): void {
    if (this.#closing.signal.aborted) throw closed(this.name);
  }

  #start(segment: Segment): void {
    const delivery = this.#deliverOne(segment)
      .catch((error) => {
        if (this.#closing.signal.aborted) return;
        this.#warn(`${segment.records} accepted records stay in the journal for the next run: ${reasonOf(error)}.`);
      })
      .finally(() => this.#deliveries.delete(delivery));
    this.#deliveries.add(delivery);
  }

  async #deliverOne(segment: Segment): Promise<void> {
    const outcome = await this.#deliver(segment);
    await this.#journal.remove(segment);
    this.#count(outcome);
    this.#room.leave(segmentBytes(segment));
  }

  #count(more: Partial<DeliveryCounts>): void {
    const counts: Record<keyof DeliveryCounts, number> = { ...this.#counts };
    for (const [name, value] of Object.entries(more)) counts[name as keyof DeliveryCounts] += value;
    this.#counts = counts;
  }
}

const QUEUE_BYTES = 6 * 1024 * 1024;

function segmentBytes({ batches }: Segment): number {
  return batches.reduce((sum, { frame }) => sum + frame.length, 0);
}

function busy(name: string, bytes: number): ToolkitError {
  const message = `The delivery stream ${name} is busy: ${bytes} bytes wait for delivery.`;
  return new ToolkitError('STREAM_BUSY', message, 'Slow down, and send this batch again.');
}

function closed(name: string): ToolkitError {
  return new ToolkitError('STREAM_CLOSED', `The delivery stream ${name} is closing.`, 'Send this batch again later.');
}

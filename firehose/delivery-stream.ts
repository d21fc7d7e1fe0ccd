/**
 * A delivery stream on this machine that keeps Firehose's contract: journal before the reply, buffer, transform with
 * Firehose's retries and error records, store, S3-shaped objects, a stable id for each accepted record.
 */
import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import { reasonOf, ToolkitError } from '../core/errors';
import { DEFAULT_RETRY_SECONDS } from '../core/firehose-limits';
import type { RecordSource, SourcePositions } from '../core/record-source';
import type { EventStore } from '../store/event-store';
import { Acceptance } from './acceptance';
import { type Batch, type BatchContent, frameBytes, toBatch } from './batch';
import { ByteLimiter } from './byte-limiter';
import { type DeliveryOutcome, type DestinationIndex, type LoadedBuffer, openDelivery } from './delivery';
import type { TransformFunction } from './function-call';
import { Journal, type JournalProps, type Segment } from './journal';
import { createPositionNoter } from './note-positions';
import { RecentAnswers } from './recent-answers';
import { MAX_RECORDS_A_BATCH, openIdSource } from './record-ids';
import { openStreamFolder, type StreamFolder } from './stream-folder';

export interface DeliveryStreamProps {
  readonly name: string;
  /** The data folder; the stream makes and uses `journal` and `bucket` in it. */
  readonly folder: string;
  /** What the objects' keys begin with: `apache_`. */
  readonly prefix: string;
  /** A buffer is delivered when it reaches this size … */
  readonly bufferBytes: number;
  /** … or this age, whichever is first. */
  readonly bufferSeconds: number;
  /** The Lambda function; the caller closes it. */
  readonly transform: TransformFunction;
  /** The caller closes it. */
  readonly store: EventStore;
  /** The destination that the record of a failed event names. */
  readonly index: DestinationIndex;
  /** Called with what a person should know, one sentence at a time. */
  readonly warn: (sentence: string) => void;
  /** How long the store is retried before its events go to the failed prefix. @default 300, as in Firehose */
  readonly retrySeconds?: number;
  /** The longest pause before a failed transform call's second attempt; it doubles. @default 100 */
  readonly transformRetryMs?: number;
  /** @default node:fs/promises' open */
  readonly openFile?: JournalProps['openFile'];
}

/** `accepted + recovered = stored + processingFailed + deliveryFailed + dropped + buffered().records`, at any time. */
export interface DeliveryCounts extends Omit<DeliveryOutcome, 'reasons'> {
  /** Put in this run. */
  readonly accepted: number;
  /** Found in the journal at the start: an earlier run accepted them. */
  readonly recovered: number;
  /** Bytes of the journal that could not be read at the start: they were set aside. */
  readonly damagedBytes: number;
}

export interface PutOptions {
  /** Where the records come from: with it, a batch that is sent again is not accepted again. */
  readonly sources?: readonly RecordSource[];
  /** How long to wait for capacity; without it, as long as it takes. */
  readonly patienceSeconds?: number;
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
   * Accepts one batch, whole or not at all. While too much waits for delivery this waits too: that is the backpressure.
   *
   * @param records at most 16,384.
   * @returns their ids, in order, once they are durable. Records whose source says that they are accepted already are not
   * accepted again.
   * @throws ToolkitError STREAM_BUSY (no capacity in time), JOURNAL_WRITE_FAILED, STREAM_CLOSED.
   */
  putRecords(records: readonly Uint8Array[], options?: PutOptions): Promise<readonly string[]>;
  /** What it has of each content that senders have named. */
  positions(): SourcePositions;
  counts(): DeliveryCounts;
  /** Why events were not delivered, and how many: together `counts().deliveryFailed`. */
  reasons(): Readonly<Record<string, number>>;
  /** Accepted, but not yet stored or kept as failed. */
  buffered(): Buffered;
  /** Delivers at once everything accepted so far; resolves when it is delivered. */
  drain(): Promise<void>;
  /**
   * Drains and releases the folder. What the store or the bucket cannot take now does not count as failed: it stays in
   * the journal, and the next run delivers it under the same ids.
   */
  close(): Promise<void>;
}

/** Invented, in the form of AWS's own, for tools that parse ARNs. */
const ACCOUNT = '000000000000';
const REGION = 'us-east-1';

/**
 * Opens the stream and begins to deliver what an earlier run left in the journal.
 *
 * @throws ToolkitError DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE.
 */
export async function openDeliveryStream(props: DeliveryStreamProps): Promise<DeliveryStream> {
  return new LocalDeliveryStream(props, await openStreamFolder(props.folder, props.warn));
}

class LocalDeliveryStream implements DeliveryStream {
  readonly name: string;
  readonly arn: string;
  readonly openedAt = new Date();
  readonly #warn: (sentence: string) => void;
  readonly #folder: StreamFolder;
  readonly #positions: SourcePositions;
  readonly #acceptance: Acceptance;
  readonly #answers = new RecentAnswers();
  readonly #notePositions: (batches: readonly Batch[]) => Promise<void>;
  /** Buffers that an earlier run left are as large in memory as the others: only so many are loaded at once. */
  readonly #loads = pLimit(LOADED_AT_ONCE);
  readonly #journal: Journal;
  readonly #deliver: (buffer: LoadedBuffer) => Promise<DeliveryOutcome>;
  readonly #deliveries = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #nextIdBase = openIdSource();
  readonly #limiter: ByteLimiter;
  readonly #reasons: Record<string, number> = {};
  #closed: Promise<void> | undefined;
  #counts: DeliveryCounts = {
    accepted: 0,
    recovered: 0,
    damagedBytes: 0,
    stored: 0,
    processingFailed: 0,
    deliveryFailed: 0,
    dropped: 0,
  };

  constructor(props: DeliveryStreamProps, folder: StreamFolder) {
    const { journal, bucket, recovered } = folder;
    const { name, prefix, transform, store, warn, retrySeconds = DEFAULT_RETRY_SECONDS } = props;
    this.name = name;
    this.arn = `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/${name}`;
    this.#warn = warn;
    // Every buffer that waits for a retry listens; the limiter bounds their number.
    setMaxListeners(0, this.#closing.signal);
    this.#folder = folder;
    this.#positions = folder.positions;
    this.#acceptance = new Acceptance(folder.positions);
    // Two buffers on their way and one that fills; small ones may queue a little more, so that no stage is idle.
    this.#limiter = new ByteLimiter(3 * props.bufferBytes + QUEUE_BYTES);
    this.#deliver = openDelivery({
      stream: name,
      prefix,
      folders: { bucket, scratch: journal },
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
      folder: journal,
      segmentBytes: props.bufferBytes,
      segmentSeconds: props.bufferSeconds,
      nextSegment: recovered.nextSegment,
      sealed: (segment) => this.#start(segment),
      ...(props.openFile && { openFile: props.openFile }),
    });
    this.#notePositions = createPositionNoter({
      file: folder.positionsFile,
      positions: folder.positions,
      warn,
      closing: this.#closing.signal,
    });
    this.#count({ damagedBytes: recovered.damagedBytes });
    for (const segment of recovered.segments) {
      this.#count({ recovered: segment.records });
      this.#limiter.add(segment.bytes);
      this.#start(segment, (deliver) => this.#loads(deliver));
    }
  }

  async putRecords(records: readonly Uint8Array[], options: PutOptions = {}): Promise<readonly string[]> {
    if (records.length > MAX_RECORDS_A_BATCH) throw new RangeError(`at most ${MAX_RECORDS_A_BATCH} records a batch`);
    if (records.length === 0) return [];
    this.#refuseIfClosed();
    const { sources = [], patienceSeconds } = options;
    const content = { records, sources };
    const claim = this.#acceptance.tryClaim(content) ?? (await this.#acceptance.claim(content));
    let batch: Batch | undefined;
    try {
      if (claim.records.length > 0) batch = await this.#accept(claim, patienceSeconds);
    } finally {
      claim.settle(batch);
    }
    return this.#answers.answer(sources, claim.isNew, batch);
  }

  async #accept(content: BatchContent, patienceSeconds: number | undefined): Promise<Batch> {
    const bytes = frameBytes(content.records);
    if (!this.#limiter.tryEnter(bytes)) {
      await this.#limiter.enter(bytes, patienceSeconds, () => busy(this.name, this.#limiter.bytes));
      this.#refuseIfClosed();
    }
    const batch = toBatch(content, this.#nextIdBase(), Date.now());
    this.#limiter.add(batch.frame.length - bytes);
    try {
      await this.#journal.append(batch);
    } catch (error) {
      this.#limiter.leave(batch.frame.length);
      throw error;
    }
    this.#count({ accepted: batch.count });
    return batch;
  }

  positions(): SourcePositions {
    return this.#positions;
  }

  counts(): DeliveryCounts {
    return this.#counts;
  }

  reasons(): Readonly<Record<string, number>> {
    return { ...this.#reasons };
  }

  buffered(): Buffered {
    const { accepted, recovered, stored, processingFailed, deliveryFailed, dropped } = this.#counts;
    const done = stored + processingFailed + deliveryFailed + dropped;
    return { records: accepted + recovered - done, bytes: this.#limiter.bytes };
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
    this.#limiter.refuse(closed(this.name));
    await this.drain();
    const { records } = this.buffered();
    if (records > 0) this.#warn(`${records} accepted records stay in the journal; the next run delivers them.`);
    await this.#journal.close();
    await this.#folder.positionsFile.close();
    await this.#folder.lock.release();
  }

  #refuseIfClosed(): void {
    if (this.#closing.signal.aborted) throw closed(this.name);
  }

  #start(segment: Segment, inTurn = (deliver: () => Promise<void>) => deliver()): void {
    const delivery = inTurn(() => this.#deliverOne(segment))
      .catch((error) => {
        if (this.#closing.signal.aborted) return;
        this.#warn(`${segment.records} accepted records stay in the journal for the next run: ${reasonOf(error)}.`);
      })
      .finally(() => this.#deliveries.delete(delivery));
    this.#deliveries.add(delivery);
  }

  async #deliverOne(segment: Segment): Promise<void> {
    const batches = await segment.load();
    const { reasons, ...outcome } = await this.#deliver({ batches });
    await this.#notePositions(batches);
    await this.#journal.remove(segment);
    this.#count(outcome);
    for (const [reason, count] of Object.entries(reasons)) this.#reasons[reason] = (this.#reasons[reason] ?? 0) + count;
    this.#limiter.leave(segment.bytes);
  }

  #count(more: Partial<DeliveryCounts>): void {
    const counts: Record<keyof DeliveryCounts, number> = { ...this.#counts };
    for (const [name, value] of Object.entries(more)) counts[name as keyof DeliveryCounts] += value;
    this.#counts = counts;
  }
}

const QUEUE_BYTES = 6 * 1024 * 1024;
const LOADED_AT_ONCE = 3;

function busy(name: string, bytes: number): ToolkitError {
  const message = `The delivery stream ${name} is busy: ${bytes} bytes wait for delivery.`;
  return new ToolkitError('STREAM_BUSY', message, 'Slow down, and send this batch again.');
}

function closed(name: string): ToolkitError {
  return new ToolkitError('STREAM_CLOSED', `The delivery stream ${name} is closing.`, 'Send this batch again later.');
}

/** Replays the failed records of a source: each ends in the store, or with a new reason in its receipt. */
import { reasonOf } from '../core/errors';
import type { Failure } from './failure';
import { type FailedLine, type ReadLine, readFailures, type UnreadableLine, UnreadableObject } from './read-failures';
import type { Receipt, ReceiptEntry, Receipts } from './receipt';
import { type ReplayBatchProps, replayBatch } from './replay-batch';
import { noCounts, type ReplayCounts } from './replay-counts';
import type { Source, SourceObject } from './source';

export interface ReplayProps extends ReplayBatchProps {
  readonly source: Source;
  /** Which records are replayed. */
  readonly filter: (failure: Failure) => boolean;
  /** With no destination they are only read. */
  readonly receipts: Receipts;
  /** Once aborted, the object that is being replayed is left to the next replay. */
  readonly signal: AbortSignal;
  readonly onProgress: (counts: Readonly<ReplayCounts>) => void;
  /** Called for each line that is no failed record, and each object that cannot be read. @param place `file:line` or a file */
  readonly onProblem: (place: string, why: string) => void;
}

/** Records that are transformed and stored together. */
const BATCH_RECORDS = 4096;
const BATCH_BYTES = 2 * 1024 * 1024;

/** @throws ToolkitError what source, store and receipts throw; an object or a line that cannot be read is only counted. */
export async function replay(props: ReplayProps): Promise<ReplayCounts> {
  const counts = noCounts();
  const onProblem = (place: string, why: string) => {
    counts.problems++;
    props.onProblem(place, why);
  };
  for await (const object of props.source.objects(onProblem)) {
    if (props.signal.aborted) break;
    await replayObject(object, { ...props, onProblem }, counts);
    props.onProgress(counts);
  }
  return counts;
}

async function replayObject(object: SourceObject, props: ReplayProps, counts: ReplayCounts): Promise<void> {
  const receipt = await props.receipts.open(object);
  if (receipt.isWhole) {
    counts.objectsBefore++;
    counts.recordsBefore += receipt.earlier;
    counts.failedBefore += receipt.earlierFailed;
    return;
  }
  const work = new ObjectReplay(object, receipt, props, counts);
  try {
    await work.run();
  } catch (error) {
    if (!(error instanceof UnreadableObject)) throw error;
    // What was read before the fault is worth storing; without a receipt it is replayed again once the object is whole.
    await work.flush();
    props.onProblem(object.key, `cannot be read to its end: ${reasonOf(error.cause)}`);
  } finally {
    await receipt.discard();
  }
}

class ObjectReplay {
  readonly #object: SourceObject;
  readonly #receipt: Receipt;
  readonly #props: ReplayProps;
  readonly #counts: ReplayCounts;
  #batch: FailedLine[] = [];
  #bytes = 0;
  #leftOut = 0;
  #isNew = false;

  constructor(object: SourceObject, receipt: Receipt, props: ReplayProps, counts: ReplayCounts) {
    this.#object = object;
    this.#receipt = receipt;
    this.#props = props;
    this.#counts = counts;
  }

  /** @throws UnreadableObject, and what `replay` throws */
  async run(): Promise<void> {
    await this.#receipt.loadLines();
    let isOther = false;
    const onOther = () => {
      isOther = true;
    };
    for await (const lines of readFailures(this.#object, onOther)) {
      if (this.#props.signal.aborted) return;
      await this.#take(lines);
    }
    await this.flush();
    if (isOther) this.#counts.otherObjects++;
    else if (this.#isNew) this.#counts.objects++;
    else if (this.#receipt.earlier > 0) {
      this.#counts.objectsBefore++;
      this.#counts.failedBefore += this.#receipt.earlierFailed;
    }
    await this.#receipt.finish(this.#leftOut);
  }

  async #take(lines: readonly ReadLine[]): Promise<void> {
    for (const line of lines) {
      if (this.#receipt.has(line.line)) this.#counts.recordsBefore++;
      else if (!('failure' in line)) await this.#refuse(line);
      else if (!this.#props.filter(line.failure)) {
        this.#counts.leftOut++;
        this.#leftOut++;
      } else {
        this.#isNew = true;
        this.#batch.push(line);
        this.#bytes += line.failure.data.length;
        if (this.#batch.length >= BATCH_RECORDS || this.#bytes >= BATCH_BYTES) await this.flush();
      }
    }
  }

  async #refuse({ line, why }: UnreadableLine): Promise<void> {
    this.#isNew = true;
    this.#props.onProblem(`${this.#object.key}:${line}`, why);
    await this.#keep([{ line, outcome: 'unreadable', reason: why, at: new Date().toISOString() }]);
  }

  async flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#bytes = 0;
    if (batch.length === 0) return;
    const entries = await replayBatch(this.#props, this.#object.key, batch);
    await this.#keep(entries);
    for (const entry of entries) this.#count(entry);
    this.#props.onProgress(this.#counts);
  }

  async #keep(entries: readonly ReceiptEntry[]): Promise<void> {
    if (this.#props.destination !== undefined) await this.#receipt.append(entries);
  }

  #count({ outcome, reason = '' }: ReceiptEntry): void {
    this.#counts.records++;
    if (outcome === 'stored') this.#counts.stored++;
    if (outcome === 'dropped') this.#counts.dropped++;
    if (outcome !== 'failed') return;
    this.#counts.failed++;
    const { reasons } = this.#counts;
    // The store's own words, which may quote the event, are in the receipt.
    const [name = reason] = reason.split(':', 1);
    reasons[name] = (reasons[name] ?? 0) + 1;
  }
}

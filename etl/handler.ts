/**
 * The transform function of the delivery stream: a Firehose transformation event in, one out, every record answered once.
 *
 * A record is one access line. What is none is `ProcessingFailed` with its original data, its neighbours untouched:
 * Firehose keeps it under the processing-failed prefix, from where it can be sent again. So is a record of several lines,
 * since a record becomes one document: to answer with the first line would lose the others.
 *
 * Lambda cuts a function off whose reply passes 6 MB, and events are several times the size of short lines. The reply keeps
 * room to hand back every record still to come as it was; an event that does not fit into the rest is handed back too, as
 * `reply-full`. Nothing is omitted, and a transform buffer of 0.5 MB makes it rare.
 */

import type {
  FirehoseTransformationEvent,
  FirehoseTransformationResult,
  FirehoseTransformationResultRecord,
} from 'aws-lambda';
import { decodedLength } from '../core/base64';
import { MAX_PAYLOAD_BYTES } from '../core/firehose-limits';
import { ByteSink } from './byte-sink';
import { EncodedEvents } from './encoded-events';
import type { LineTransform, RejectReason, TransformOptions } from './line-transform';
import { createLineTransform } from './transform';

export type TransformHandler = (event: FirehoseTransformationEvent) => Promise<FirehoseTransformationResult>;

/** Why a record is not Ok. */
export type RecordFault = RejectReason | 'base64' | 'several-lines' | 'reply-full';

/** What is logged of one batch: counts, never a line, which would hold personal data. */
export interface BatchSummary {
  readonly records: number;
  readonly ok: number;
  readonly processingFailed: number;
  readonly dropped: number;
  readonly reasons: Readonly<Partial<Record<RecordFault, number>>>;
  /** Of the reply as JSON, at the most. */
  readonly replyBytes: number;
  readonly milliseconds: number;
}

/** Lambda's limit for the reply of a synchronous call, less what stands around the records. */
const REPLY_LIMIT = MAX_PAYLOAD_BYTES - 1024;
/** `{"recordId":"","result":"ProcessingFailed","data":""},` */
const RECORD_OVERHEAD = 56;

export function createTransformHandler(
  options: TransformOptions & { readonly log?: (summary: BatchSummary) => void } = {},
): TransformHandler {
  const transform = createLineTransform(options);
  const log = options.log ?? (() => {});
  const input = new ByteSink(64 * 1024);
  const events = new EncodedEvents();
  return async (event) => {
    const started = performance.now();
    const batch = new Batch(event, transform, input, events);
    log({ ...batch.summary(), milliseconds: Math.round((performance.now() - started) * 10) / 10 });
    return { records: batch.records };
  };
}

class Batch {
  readonly records: FirehoseTransformationResultRecord[] = [];
  readonly #transform: LineTransform;
  readonly #input: ByteSink;
  readonly #events: EncodedEvents;
  readonly #reasons: Partial<Record<RecordFault, number>> = {};
  #replyBytes = 0;
  /** What it takes to hand back, as they are, the records still to come. */
  #owed: number;
  #ok = 0;
  #dropped = 0;

  /** @param input and events are free for its use, and again when it is made. */
  constructor(
    { records }: FirehoseTransformationEvent,
    transform: LineTransform,
    input: ByteSink,
    events: EncodedEvents,
  ) {
    this.#transform = transform;
    this.#input = input;
    this.#events = events;
    this.#owed = records.reduce((bytes, record) => bytes + replySize(record.recordId, record.data.length), 0);
    for (const { recordId, data } of records) this.records.push(this.#answer(recordId, data));
    this.#events.encode();
  }

  summary(): Omit<BatchSummary, 'milliseconds'> {
    const records = this.records.length;
    const processingFailed = records - this.#ok - this.#dropped;
    const counts = { records, ok: this.#ok, processingFailed, dropped: this.#dropped };
    return { ...counts, reasons: this.#reasons, replyBytes: this.#replyBytes };
  }

  #answer(recordId: string, data: string): FirehoseTransformationResultRecord {
    this.#owed -= replySize(recordId, data.length);
    const fault = this.#toEvent(data) ?? this.#takeRoom(recordId);
    if (fault === undefined) {
      this.#ok++;
      return this.#events.keep(recordId);
    }
    this.#events.drop();
    this.#reasons[fault] = (this.#reasons[fault] ?? 0) + 1;
    this.#replyBytes += replySize(recordId, data.length);
    if (fault === 'blank') this.#dropped++;
    return { recordId, result: fault === 'blank' ? 'Dropped' : 'ProcessingFailed', data };
  }

  #takeRoom(recordId: string): RecordFault | undefined {
    const size = replySize(recordId, this.#events.nextLength());
    if (this.#replyBytes + this.#owed + size > REPLY_LIMIT) return 'reply-full';
    this.#replyBytes += size;
    return undefined;
  }

  /** Writes the record's event to the sink of `#events`, or says why there is none. */
  #toEvent(data: string): RecordFault | undefined {
    this.#input.reserve(data.length);
    const bytes = this.#input.bytes;
    const length = bytes.write(data, 'base64');
    // Node forgives what is no base64, and stops at the first `=`: so the length tells.
    if (length !== decodedLength(data)) return 'base64';

    let end = length;
    if (end > 0 && bytes[end - 1] === NEWLINE) end--;
    // So the search ends here, without a view of these bytes alone; base64 is longer than its bytes: there is room.
    bytes[end] = NEWLINE;
    if (bytes.indexOf(NEWLINE) !== end) return this.#ofSeveralLines(end);
    return this.#transform(bytes, 0, end, this.#events.sink);
  }

  /** Blank lines around one line are no lines. */
  #ofSeveralLines(end: number): RecordFault | undefined {
    const text = this.#input.bytes.toString('latin1', 0, end);
    const lines = text.split('\n').filter((line) => !BLANK.test(line));
    if (lines.length > 1) return 'several-lines';
    const start = lines[0] === undefined ? 0 : text.indexOf(lines[0]);
    return this.#transform(this.#input.bytes, start, start + (lines[0]?.length ?? 0), this.#events.sink);
  }
}

const NEWLINE = 0x0a;
/** Not `trim`: in Latin-1 a byte of a character may look like a space. */
const BLANK = /^[ \t\v\f\r]*$/;

/** @param length of the data in base64. */
function replySize(recordId: string, length: number): number {
  return RECORD_OVERHEAD + recordId.length + length;
}

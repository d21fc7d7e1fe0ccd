/**
 * The transform function of the delivery stream: takes a Firehose transformation event and answers each record exactly once.
 *
 * A record should hold one access line. Any other record is `ProcessingFailed` with its original data, and its neighbours are
 * unaffected: Firehose keeps it under the processing-failed prefix, from where it can be sent again. That includes a record of
 * several lines: a record becomes one document, so answering with the first line would lose the others.
 *
 * A Lambda function fails if its reply exceeds 6 MB, and events are several times the size of short lines. The reply always
 * reserves enough space to return every remaining record unchanged. An event that does not fit beside that is returned unchanged
 * too, as `reply-full`. No record is omitted, and a transform buffer of 0.5 MB makes this rare.
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

/** Why a record isn't `Ok`. */
export type RecordFault = RejectReason | 'base64' | 'several-lines' | 'reply-full';

/** What is logged about a batch: counts, never a line, which would hold personal data. */
export interface BatchSummary {
  readonly records: number;
  readonly ok: number;
  readonly processingFailed: number;
  readonly dropped: number;
  readonly reasons: Readonly<Partial<Record<RecordFault, number>>>;
  /** Upper bound of the reply's size as JSON. */
  readonly replyBytes: number;
  readonly milliseconds: number;
}

/** Lambda's limit for the reply of a synchronous call, less what surrounds the records. */
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
  /** What it takes to return the remaining records unchanged. */
  #reservedBytes: number;
  #ok = 0;
  #dropped = 0;

  /** @param input and events are scratch space, free again once the constructor returns. */
  constructor(
    { records }: FirehoseTransformationEvent,
    transform: LineTransform,
    input: ByteSink,
    events: EncodedEvents,
  ) {
    this.#transform = transform;
    this.#input = input;
    this.#events = events;
    this.#reservedBytes = records.reduce((bytes, record) => bytes + replySize(record.recordId, record.data.length), 0);
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
    this.#reservedBytes -= replySize(recordId, data.length);
    const fault = this.#toEvent(data) ?? this.#fitReply(recordId);
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

  /** Accounts for the event that was written last, if the reply can hold it. */
  #fitReply(recordId: string): RecordFault | undefined {
    const size = replySize(recordId, this.#events.nextLength());
    if (this.#replyBytes + this.#reservedBytes + size > REPLY_LIMIT) return 'reply-full';
    this.#replyBytes += size;
    return undefined;
  }

  /** Writes the record's event to the sink of `#events`. @returns why there is none. */
  #toEvent(data: string): RecordFault | undefined {
    this.#input.reserve(data.length);
    const bytes = this.#input.bytes;
    const length = bytes.write(data, 'base64');
    // Node skips characters that aren't base64 and stops at the first `=`, so a fault shows in the length.
    if (length !== decodedLength(data)) return 'base64';

    let end = length;
    if (end > 0 && bytes[end - 1] === NEWLINE) end--;
    // A sentinel ends the search, which saves a view of these bytes. There is space for it: base64 is longer than its bytes.
    bytes[end] = NEWLINE;
    if (bytes.indexOf(NEWLINE) !== end) return this.#toEventOfLines(end);
    return this.#transform(bytes, 0, end, this.#events.sink);
  }

  /** Blank lines around a single line do not count. */
  #toEventOfLines(end: number): RecordFault | undefined {
    const text = this.#input.bytes.toString('latin1', 0, end);
    const lines = text.split('\n').filter((line) => !BLANK.test(line));
    if (lines.length > 1) return 'several-lines';
    const start = lines[0] === undefined ? 0 : text.indexOf(lines[0]);
    return this.#transform(this.#input.bytes, start, start + (lines[0]?.length ?? 0), this.#events.sink);
  }
}

const NEWLINE = 0x0a;
/** Not `trim`: read as Latin-1, a byte of a UTF-8 character may look like a space. */
const BLANK = /^[ \t\v\f\r\0]*$/;

/** @param length of the data in base64. */
function replySize(recordId: string, length: number): number {
  return RECORD_OVERHEAD + recordId.length + length;
}

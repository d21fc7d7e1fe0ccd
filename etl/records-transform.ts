/**
 * The transform of many records at once, for a function and a delivery stream on the same machine: what the Lambda function does to
 * each record, without base64 and without Lambda's limit for a reply.
 */
import { ByteSink } from './byte-sink';
import type { BatchSummary, RecordFault } from './handler';
import type { TransformOptions } from './line-transform';
import { transformRecord } from './record-transform';
import { createLineTransform } from './transform';

/** What became of each record. */
export interface TransformedRecords {
  /** The events' JSON, one after the other. */
  readonly documents: Uint8Array<ArrayBuffer>;
  /** For each event, the index of its record … */
  readonly records: Uint32Array<ArrayBuffer>;
  /** … and where it ends in `documents`. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Indexes of the records that are no access lines. */
  readonly failed: readonly number[];
  readonly dropped: number;
}

/** Where the events of a call are written: about as many bytes as calls have had events so far. */
const FIRST_BYTES = 1024 * 1024;

/**
 * @returns a function of the records' bytes, one after the other, and where each ends in them.
 */
export function createRecordsTransform(
  options: TransformOptions & { readonly log?: (summary: BatchSummary) => void } = {},
): (bytes: Buffer, ends: Uint32Array) => TransformedRecords {
  const transform = createLineTransform(options);
  const log = options.log ?? (() => {});
  const sink = new ByteSink(FIRST_BYTES);

  return (bytes, ends) => {
    const started = performance.now();
    const records = new Uint32Array(ends.length);
    const documentEnds = new Uint32Array(ends.length);
    const failed: number[] = [];
    const reasons: Partial<Record<RecordFault, number>> = {};
    let count = 0;
    let dropped = 0;
    let start = 0;
    sink.length = 0;
    for (const [index, end] of ends.entries()) {
      const fault = transformRecord(transform, bytes, start, end, sink);
      start = end;
      if (fault === undefined) {
        records[count] = index;
        documentEnds[count++] = sink.length;
        continue;
      }
      reasons[fault] = (reasons[fault] ?? 0) + 1;
      if (fault === 'blank') dropped++;
      else failed.push(index);
    }
    const documents = new Uint8Array(sink.length);
    documents.set(sink.bytes.subarray(0, sink.length));
    log({
      records: ends.length,
      ok: count,
      processingFailed: failed.length,
      dropped,
      reasons,
      replyBytes: sink.length,
      milliseconds: Math.round((performance.now() - started) * 10) / 10,
    });
    return { documents, records: records.slice(0, count), ends: documentEnds.slice(0, count), failed, dropped };
  };
}

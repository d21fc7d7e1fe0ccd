/**
 * Encodes events as base64, many at once: the call to the encoder and the string's allocation cost as much as encoding one event.
 * Each event is padded with spaces, which JSON allows at its end, to a multiple of 3 bytes, which base64 encodes without padding.
 */
import type { FirehoseTransformationResultRecord } from 'aws-lambda';
import { ByteSink } from './byte-sink';

const SPACE = 0x20;
/** Far larger strings would not fit where V8 allocates young objects, and would need fresh memory pages. */
const PAGE_BYTES = 48 * 1024;

export class EncodedEvents {
  /** Where the next event is written, after the others. */
  readonly sink = new ByteSink(2 * PAGE_BYTES);
  #records: FirehoseTransformationResultRecord[] = [];
  readonly #ends: number[] = [];
  /** The end of the last event that was kept. */
  #end = 0;

  /** Length of the next event in base64. */
  nextLength(): number {
    return Math.ceil((this.sink.length - this.#end) / 3) * 4;
  }

  /** @returns a record whose data is set by `encode`. */
  keep(recordId: string): FirehoseTransformationResultRecord {
    const { sink } = this;
    sink.reserve(2);
    while (sink.length % 3 !== 0) sink.bytes[sink.length++] = SPACE;
    this.#end = sink.length;
    const record: FirehoseTransformationResultRecord = { recordId, result: 'Ok', data: '' };
    this.#records.push(record);
    this.#ends.push((this.#end / 3) * 4);
    if (this.#end >= PAGE_BYTES) this.encode();
    return record;
  }

  /** Discards what was written after the last event that was kept. */
  drop(): void {
    this.sink.length = this.#end;
  }

  /** Sets the data of all records that were kept. */
  encode(): void {
    const base64 = this.sink.bytes.toString('base64', 0, this.#end);
    let start = 0;
    this.#records.forEach((record, at) => {
      const end = this.#ends[at];
      record.data = base64.slice(start, end);
      start = end as number;
    });
    this.#records.length = 0;
    this.#ends.length = 0;
    this.sink.length = 0;
    this.#end = 0;
  }
}

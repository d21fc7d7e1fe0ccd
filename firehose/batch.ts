/**
 * One accepted batch of records, kept in the form of its journal frame from acceptance to delivery:
 *
 *     8 the segment's marker | 4 payload length | 4 CRC-32 of the payload | 4 CRC-32 of these two numbers | payload:
 *     16 id of record 0 | 8 arrival, ms, as a double | 4 number of records | 4 length of the sources |
 *     4 × n lengths | the sources as JSON | the records' bytes
 *
 * Numbers are little-endian. The marker is set when the frame is written. It is random for each segment, so even a hostile record
 * cannot contain something that reads as a frame. The header's own checksum tells a frame that was cut off while it was written
 * from one whose length was damaged later.
 */
import { crc32 } from 'node:zlib';
import type { RecordSource } from '../core/record-source';
import { toRecordId } from './record-ids';

export const MARKER_BYTES = 8;
const LENGTH_AT = MARKER_BYTES;
const CRC_AT = LENGTH_AT + 4;
const HEADER_CRC_AT = CRC_AT + 4;
const PAYLOAD_AT = HEADER_CRC_AT + 4;
const ARRIVAL_AT = PAYLOAD_AT + 16;
const COUNT_AT = ARRIVAL_AT + 8;
const SOURCES_LENGTH_AT = COUNT_AT + 4;
const LENGTHS_AT = SOURCES_LENGTH_AT + 4;

/** No frame is shorter. */
export const MIN_FRAME_BYTES = LENGTHS_AT;

export interface Batch {
  readonly frame: Buffer;
  readonly count: number;
  readonly arrivalMs: number;
  /** The records' bytes, one after the other. */
  readonly bytes: Buffer;
  /** Where the records come from; none if the sender does not say. */
  readonly sources: readonly RecordSource[];
  idAt(index: number): string;
}

/** What becomes a batch. */
export interface BatchContent {
  readonly records: readonly Uint8Array[];
  readonly sources: readonly RecordSource[];
}

/** About the size of these records in the journal, and in memory until they are delivered: their sources are not counted. */
export function frameBytes(records: readonly Uint8Array[]): number {
  let size = LENGTHS_AT + 4 * records.length;
  for (const record of records) size += record.length;
  return size;
}

export function toBatch({ records, sources }: BatchContent, idBase: Uint8Array, arrivalMs: number): Batch {
  const sourceBytes = sources.length === 0 ? Buffer.alloc(0) : Buffer.from(JSON.stringify(sources));
  const size = frameBytes(records) + sourceBytes.length;
  const frame = Buffer.allocUnsafeSlow(size);
  frame.writeUInt32LE(size - PAYLOAD_AT, LENGTH_AT);
  frame.set(idBase, PAYLOAD_AT);
  frame.writeDoubleLE(arrivalMs, ARRIVAL_AT);
  frame.writeUInt32LE(records.length, COUNT_AT);
  frame.writeUInt32LE(sourceBytes.length, SOURCES_LENGTH_AT);
  let lengthAt = LENGTHS_AT;
  let at = LENGTHS_AT + 4 * records.length;
  frame.set(sourceBytes, at);
  at += sourceBytes.length;
  for (const record of records) {
    lengthAt = frame.writeUInt32LE(record.length, lengthAt);
    frame.set(record, at);
    at += record.length;
  }
  frame.writeUInt32LE(crc32(frame.subarray(PAYLOAD_AT)), CRC_AT);
  frame.writeUInt32LE(headerCrc(frame, 0), HEADER_CRC_AT);
  return viewBatch(frame, sources);
}

/** Reads the frame that starts at `at` in a segment's bytes; undefined if it is not whole and sound. */
export function readBatch(segment: Buffer, marker: Uint8Array, at: number): Batch | undefined {
  const end = frameEnd(segment, at);
  if (end === undefined || end > segment.length || end - at < MIN_FRAME_BYTES) return undefined;
  const frame = segment.subarray(at, end);
  if (frame.compare(marker, 0, MARKER_BYTES, 0, MARKER_BYTES) !== 0) return undefined;
  if (crc32(frame.subarray(PAYLOAD_AT)) !== frame.readUInt32LE(CRC_AT)) return undefined;
  const sourcesAt = LENGTHS_AT + 4 * frame.readUInt32LE(COUNT_AT);
  const sources = frame.toString('utf8', sourcesAt, sourcesAt + frame.readUInt32LE(SOURCES_LENGTH_AT));
  return viewBatch(frame, sources === '' ? [] : JSON.parse(sources));
}

/** Where the frame at `at` ends by its header; undefined if the header is cut off or damaged. */
export function frameEnd(segment: Buffer, at: number): number | undefined {
  if (at + PAYLOAD_AT > segment.length) return undefined;
  if (segment.readUInt32LE(at + HEADER_CRC_AT) !== headerCrc(segment, at)) return undefined;
  return at + PAYLOAD_AT + segment.readUInt32LE(at + LENGTH_AT);
}

/** Whether nothing but the start of a header is left at `at`. */
export function isHeaderCut(segment: Buffer, at: number): boolean {
  return at + PAYLOAD_AT > segment.length;
}

function headerCrc(segment: Buffer, at: number): number {
  return crc32(segment.subarray(at + LENGTH_AT, at + HEADER_CRC_AT));
}

/** The length of a record, in bytes. */
export function lengthAt(batch: Batch, index: number): number {
  return batch.frame.readUInt32LE(LENGTHS_AT + 4 * index);
}

/** Calls back with each source and its last record. */
export function eachSource(batch: Batch, visit: (source: RecordSource, lastRecord: Uint8Array) => void): void {
  let index = 0;
  let end = 0;
  for (const source of batch.sources) {
    let last = 0;
    for (let left = source.to - source.from; left > 0; left -= last) {
      last = lengthAt(batch, index++);
      end += last;
    }
    visit(source, batch.bytes.subarray(end - last, end));
  }
}

function viewBatch(frame: Buffer, sources: readonly RecordSource[]): Batch {
  const count = frame.readUInt32LE(COUNT_AT);
  return {
    frame,
    count,
    arrivalMs: frame.readDoubleLE(ARRIVAL_AT),
    bytes: frame.subarray(LENGTHS_AT + 4 * count + frame.readUInt32LE(SOURCES_LENGTH_AT)),
    sources,
    idAt: toRecordId(frame.subarray(PAYLOAD_AT, ARRIVAL_AT)),
  };
}

/**
 * One accepted batch of records, kept in the form of its journal frame from acceptance to delivery:
 *
 *     8 the segment's marker | 4 payload length | 4 CRC-32 of the payload | payload:
 *     16 id of record 0 | 8 arrival, ms, as a double | 4 number of records | 4 × n lengths | the records' bytes
 *
 * Numbers are little-endian. The marker is set when the frame is written. It is random for each segment, so even a hostile record
 * cannot contain something that reads as a frame.
 */
import { crc32 } from 'node:zlib';
import { toRecordId } from './record-ids';

export const MARKER_BYTES = 8;
const LENGTH_AT = MARKER_BYTES;
const CRC_AT = LENGTH_AT + 4;
const PAYLOAD_AT = CRC_AT + 4;
const ARRIVAL_AT = PAYLOAD_AT + 16;
const COUNT_AT = ARRIVAL_AT + 8;
const LENGTHS_AT = COUNT_AT + 4;

/** No frame is shorter. */
export const MIN_FRAME_BYTES = LENGTHS_AT;

export interface Batch {
  readonly frame: Buffer;
  readonly count: number;
  readonly arrivalMs: number;
  /** The records' bytes, one after the other. */
  readonly bytes: Buffer;
  idAt(index: number): string;
}

/** The size of these records in the journal, and in memory until they are delivered. */
export function frameBytes(records: readonly Uint8Array[]): number {
  let size = LENGTHS_AT + 4 * records.length;
  for (const record of records) size += record.length;
  return size;
}

export function toBatch(records: readonly Uint8Array[], idBase: Uint8Array, arrivalMs: number): Batch {
  const size = frameBytes(records);
  const frame = Buffer.allocUnsafe(size);
  frame.writeUInt32LE(size - PAYLOAD_AT, LENGTH_AT);
  frame.set(idBase, PAYLOAD_AT);
  frame.writeDoubleLE(arrivalMs, ARRIVAL_AT);
  frame.writeUInt32LE(records.length, COUNT_AT);
  let lengthAt = LENGTHS_AT;
  let at = LENGTHS_AT + 4 * records.length;
  for (const record of records) {
    lengthAt = frame.writeUInt32LE(record.length, lengthAt);
    frame.set(record, at);
    at += record.length;
  }
  frame.writeUInt32LE(crc32(frame.subarray(PAYLOAD_AT)), CRC_AT);
  return viewBatch(frame);
}

/** Reads the frame that starts at `at` in a segment's bytes; undefined if it is not whole and sound. */
export function readBatch(segment: Buffer, marker: Uint8Array, at: number): Batch | undefined {
  const end = frameEnd(segment, at);
  if (end === undefined || end > segment.length || end - at < MIN_FRAME_BYTES) return undefined;
  const frame = segment.subarray(at, end);
  if (frame.compare(marker, 0, MARKER_BYTES, 0, MARKER_BYTES) !== 0) return undefined;
  if (crc32(frame.subarray(PAYLOAD_AT)) !== frame.readUInt32LE(CRC_AT)) return undefined;
  return viewBatch(frame);
}

/** Where the frame at `at` ends by its length field; undefined if even that is cut off. */
export function frameEnd(segment: Buffer, at: number): number | undefined {
  return at + PAYLOAD_AT > segment.length ? undefined : at + PAYLOAD_AT + segment.readUInt32LE(at + LENGTH_AT);
}

/** The length of a record, in bytes. */
export function lengthAt(batch: Batch, index: number): number {
  return batch.frame.readUInt32LE(LENGTHS_AT + 4 * index);
}

function viewBatch(frame: Buffer): Batch {
  const count = frame.readUInt32LE(COUNT_AT);
  return {
    frame,
    count,
    arrivalMs: frame.readDoubleLE(ARRIVAL_AT),
    bytes: frame.subarray(LENGTHS_AT + 4 * count),
    idAt: toRecordId(frame.subarray(PAYLOAD_AT, ARRIVAL_AT)),
  };
}

/**
 * Ids for what is replayed. The same record gets the same id in every replay, so the store keeps it once; two equal records in two
 * places get two ids, since two equal hits are two hits.
 */
import { createHash } from 'node:crypto';
import type { Failure } from './failure';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Firehose ends each object's name with a UUID, and `.gz` where it compresses. */
const UNIQUE_NAME = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The id of a record that has none of its own, made of its place: an object and a line.
 *
 * @param line from 1.
 */
export function toPlaceId(failure: Failure, key: string, line: number): string {
  const { kind, recordId } = failure;
  return recordId === undefined
    ? toUuid(failure, 'place', kind, toObjectName(key), String(line))
    : toUuid(failure, 'record', recordId);
}

/** A document's id for a store whose ids are UUIDs: the id itself if it is one. */
export function toStoreUuid(failure: Failure, documentId: string): string {
  return UUID.test(documentId) ? documentId.toLowerCase() : toUuid(failure, 'document', documentId);
}

/** The same object has the same name, wherever it was copied to and whether it is unpacked; a name that may not be unique is a whole key. */
function toObjectName(key: string): string {
  const name = key.slice(key.lastIndexOf('/') + 1).replace(/\.gz$/, '');
  return UNIQUE_NAME.test(name) ? name : key;
}

/** A UUIDv8: like the ids of a stream it begins with the time, by which the embedded store finds the few blocks that may hold it. */
function toUuid({ arrivalMs = 0 }: Failure, ...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes.writeUIntBE(Math.min(arrivalMs, 2 ** 48 - 1), 0, 6);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * Record ids: UUIDv7 with one base for each accepted batch, so that they sort by acceptance and cost next to nothing per record.
 * 48 bits of milliseconds, version 7, 12 bits that count the batches of one millisecond, the variant, 14 bits of
 * index within the batch, 48 random bits of the batch.
 */
import { randomFillSync } from 'node:crypto';

/** The index has 14 bits. */
export const MAX_RECORDS_A_BATCH = 0x4000;

const COUNTER_LIMIT = 0x1000;

/** Each call makes the base of one batch's ids, its first record's UUID. Ids never go back, even if the clock does. */
export function openIdSource(now: () => number = Date.now): () => Buffer {
  let milliseconds = 0;
  let counter = 0;
  return () => {
    const clock = now();
    if (clock > milliseconds) {
      milliseconds = clock;
      counter = 0;
    } else if (++counter === COUNTER_LIMIT) {
      milliseconds += 1;
      counter = 0;
    }
    const base = Buffer.allocUnsafe(16);
    base.writeUIntBE(milliseconds, 0, 6);
    base.writeUInt16BE(0x7000 | counter, 6);
    base.writeUInt16BE(0x8000, 8);
    return randomFillSync(base, 10, 6);
  };
}

/** From a record's index in the batch to its UUID. */
export function toRecordId(base: Uint8Array): (index: number) => string {
  const hex = Buffer.from(base).toString('hex');
  const head = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-`;
  const tail = `-${hex.slice(20)}`;
  return (index) => head + (0x8000 | index).toString(16) + tail;
}

/** The requests of Firehose's wire protocol, checked against its limits. Records are checked by hand, since that is the hot path. */

import { z } from 'zod';
import { decodedLength, writeBase64 } from '../core/base64';
import { MAX_BATCH_BYTES, MAX_BATCH_RECORDS, MAX_RECORD_BYTES, MAX_STREAM_NAME_LENGTH } from '../core/firehose-limits';
import { parse } from '../core/parse';

/** An error reply, with Firehose's name for it. */
export class RequestError extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

const Name = z
  .string()
  .min(1)
  .max(MAX_STREAM_NAME_LENGTH)
  .regex(/^[a-zA-Z0-9_.-]+$/);
const Describe = z.object({ DeliveryStreamName: Name });
const List = z.object({
  DeliveryStreamType: z.string().optional(),
  ExclusiveStartDeliveryStreamName: Name.optional(),
  Limit: z.number().int().min(1).max(10_000).default(10),
});

export const parseDescribe = (body: object) => parse(Describe, body, invalid);
export const parseList = (body: object) => parse(List, body, invalid);

/** A request has one comma or bracket for each record, and few others: base64 has none. */
const MAX_SEPARATORS = 10 * MAX_BATCH_RECORDS;
const SEPARATORS = [...',{['].map((character) => character.charCodeAt(0));

/** A request's body: an object, whatever its content type says. */
export function parseBody(body: Buffer): object {
  // Before it is parsed: as values, 8 MiB of `{},{},…` would take 150 MB.
  if (hasMoreSeparators(body, MAX_SEPARATORS)) throw tooManyRecords();
  try {
    const value: unknown = JSON.parse(body.toString());
    if (isObject(value)) return value;
  } catch {
    // The error below: the parser's message would quote the body.
  }
  throw new RequestError(400, 'SerializationException', 'The request body is not a JSON object.');
}

export interface Put {
  readonly stream: string;
  readonly records: readonly Uint8Array[];
}

export function parsePutRecord(body: object): Put {
  const { DeliveryStreamName, Record: record } = body as { DeliveryStreamName?: unknown; Record?: unknown };
  const stream = streamName(DeliveryStreamName);
  if (record === undefined || record === null) throw constraint('record', MUST_NOT_BE_NULL, 'null');
  return { stream, records: decode([record], () => 'record.data') };
}

export function parsePutRecordBatch(body: object): Put {
  const { DeliveryStreamName, Records: records } = body as { DeliveryStreamName?: unknown; Records?: unknown };
  const stream = streamName(DeliveryStreamName);
  if (records === undefined || records === null) throw constraint('records', MUST_NOT_BE_NULL, 'null');
  if (!Array.isArray(records)) throw unreadable('records is not a list.');
  if (records.length === 0) throw constraint('records', 'Member must have length greater than or equal to 1', '[]');
  if (records.length > MAX_BATCH_RECORDS) throw tooManyRecords();
  return { stream, records: decode(records, (index) => `records.${index + 1}.member.data`) };
}

function hasMoreSeparators(body: Buffer, most: number): boolean {
  let left = most;
  for (const separator of SEPARATORS) {
    for (let at = body.indexOf(separator); at !== -1; at = body.indexOf(separator, at + 1)) {
      if (--left < 0) return true;
    }
  }
  return false;
}

function tooManyRecords(): RequestError {
  return constraint('records', `${AT_MOST} ${MAX_BATCH_RECORDS}`);
}

function streamName(value: unknown): string {
  if (Name.safeParse(value).success) return value as string;
  if (value === undefined || value === null) throw constraint('deliveryStreamName', MUST_NOT_BE_NULL, 'null');
  if (typeof value !== 'string') throw unreadable('deliveryStreamName is not text.');
  const shown = value.slice(0, MAX_STREAM_NAME_LENGTH);
  if (value.length > MAX_STREAM_NAME_LENGTH)
    throw constraint('deliveryStreamName', `${AT_MOST} ${MAX_STREAM_NAME_LENGTH}`, shown);
  if (value === '') throw constraint('deliveryStreamName', 'Member must have length greater than or equal to 1', '');
  throw constraint('deliveryStreamName', 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+', shown);
}

/**
 * Decodes all records into one piece of memory; each is a view of it.
 *
 * @param nameOf what Firehose calls the data of a record.
 */
function decode(records: readonly unknown[], nameOf: (index: number) => string): readonly Uint8Array[] {
  const texts = records.map((record, index) => dataOf(record, () => nameOf(index)));
  let total = 0;
  for (const [index, text] of texts.entries()) {
    const length = decodedLength(text);
    if (length > MAX_RECORD_BYTES) {
      const shown = `java.nio.HeapByteBuffer[pos=0 lim=${length} cap=${length}]`;
      throw constraint(nameOf(index), `${AT_MOST} ${MAX_RECORD_BYTES}`, shown);
    }
    total += Math.max(0, length);
  }
  if (total > MAX_BATCH_BYTES)
    throw new RequestError(400, 'InvalidArgumentException', 'Records size exceeds 4 MB limit');
  const bytes = Buffer.allocUnsafe(total);
  let used = 0;
  return texts.map((text, index) => {
    const length = writeBase64(text, bytes, used);
    if (length === -1) throw unreadable(`${nameOf(index)} is not base64.`);
    used += length;
    return bytes.subarray(used - length, used);
  });
}

function dataOf(record: unknown, name: () => string): string {
  const place = () => name().replace(/\.data$/, '');
  if (record === null) throw constraint(place(), MUST_NOT_BE_NULL, 'null');
  if (!isObject(record)) throw unreadable(`${place()} is not an object.`);
  const { Data: data } = record as { Data?: unknown };
  if (typeof data === 'string') return data;
  if (data === undefined || data === null) throw constraint(name(), MUST_NOT_BE_NULL, 'null');
  throw unreadable(`${name()} is not base64 text.`);
}

const MUST_NOT_BE_NULL = 'Member must not be null';
const AT_MOST = 'Member must have length less than or equal to';

/** In AWS’s words. @param value as the message quotes it; `null` stands without quotes. */
function constraint(member: string, why: string, value?: string): RequestError {
  const shown = value === undefined ? 'Value' : value === 'null' ? 'Value null' : `Value '${value}'`;
  return invalid(`${shown} at '${member}' failed to satisfy constraint: ${why}`);
}

function invalid(why: string): RequestError {
  return new RequestError(400, 'ValidationException', `1 validation error detected: ${why}`);
}

function unreadable(message: string): RequestError {
  return new RequestError(400, 'SerializationException', message);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

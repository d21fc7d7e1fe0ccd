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

/** A request's body: an object, whatever its content type says. */
export function parseBody(body: Buffer): object {
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
  return { stream: streamName(DeliveryStreamName), records: decode([record]) };
}

export function parsePutRecordBatch(body: object): Put {
  const { DeliveryStreamName, Records: records } = body as { DeliveryStreamName?: unknown; Records?: unknown };
  const stream = streamName(DeliveryStreamName);
  if (!Array.isArray(records)) throw invalid('records: Member must be a list');
  if (records.length === 0) throw invalid('records: Member must have length greater than or equal to 1');
  if (records.length > MAX_BATCH_RECORDS) {
    throw invalid(`records: Member must have length less than or equal to ${MAX_BATCH_RECORDS}`);
  }
  return { stream, records: decode(records) };
}

function streamName(value: unknown): string {
  if (Name.safeParse(value).success) return value as string;
  throw invalid(`deliveryStreamName: Member must be 1 to ${MAX_STREAM_NAME_LENGTH} letters, digits and _.-`);
}

/** Decodes all records into one piece of memory; each is a view of it. */
function decode(records: readonly unknown[]): readonly Uint8Array[] {
  const texts = records.map((record, index) => dataOf(record, index));
  let total = 0;
  for (const [index, text] of texts.entries()) {
    const length = decodedLength(text);
    if (length > MAX_RECORD_BYTES) {
      throw invalid(`records.${index + 1}.data: Member must have length less than or equal to ${MAX_RECORD_BYTES}`);
    }
    total += Math.max(0, length);
  }
  if (total > MAX_BATCH_BYTES)
    throw new RequestError(400, 'InvalidArgumentException', 'Records size exceeds 4 MB limit');
  const bytes = Buffer.allocUnsafe(total);
  let used = 0;
  return texts.map((text, index) => {
    const length = writeBase64(text, bytes, used);
    if (length === -1)
      throw new RequestError(400, 'SerializationException', `records.${index + 1}.data is not base64.`);
    used += length;
    return bytes.subarray(used - length, used);
  });
}

function dataOf(record: unknown, index: number): string {
  const data = isObject(record) ? (record as { Data?: unknown }).Data : undefined;
  if (typeof data === 'string') return data;
  if (data === undefined || data === null) throw invalid(`records.${index + 1}.data: Member must not be null`);
  throw new RequestError(400, 'SerializationException', `records.${index + 1}.data is not base64 text.`);
}

function invalid(why: string): RequestError {
  return new RequestError(400, 'ValidationException', `1 validation error detected: ${why}`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a function's reply as Firehose does. It is whatever some function returned: nothing about its type is taken for granted. */

import { decodedLength, writeBase64 } from '../core/base64';

/** What became of each record of a call, in a form that crosses to another thread without being copied. */
export interface TransformResult {
  /** The documents' bytes, one after the other. */
  readonly documents: Uint8Array<ArrayBuffer>;
  /** For each document, the index of its record in the call … */
  readonly records: Uint32Array<ArrayBuffer>;
  /** … and where it ends in `documents`. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly failures: readonly RecordFailure[];
  readonly dropped: number;
}

interface RecordFailure {
  /** The record's place in the call. */
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

const MISSING = [
  'Lambda.MissingRecordId',
  'One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids.',
] as const;
const DUPLICATED = [
  'Lambda.DuplicatedRecordId',
  'Multiple records were returned with the same record Id. Ensure that the Lambda function returns a unique record Id for each record.',
] as const;
const FAILED = ['Lambda.ProcessingFailedStatus', 'ProcessingFailed status set for record'] as const;
const UNREADABLE = [
  'Lambda.JsonProcessingException',
  'There was an error parsing the records that the Lambda function returned. Ensure that it returns a list of records.',
] as const;
const BAD_RESULT = [
  'Lambda.InvalidReturnFormat',
  'The result field must be one of Ok, Dropped or ProcessingFailed.',
] as const;
const BAD_DATA = ['Lambda.InvalidReturnFormat', 'The data field must be base64.'] as const;

/** A record that the function could not transform. */
export function processingFailed(index: number): RecordFailure {
  const [code, message] = FAILED;
  return { index, code, message };
}

interface ReplyRecord {
  readonly recordId?: unknown;
  readonly result?: unknown;
  readonly data?: unknown;
}

/** Each record of a call, by its id, becomes a document, a failure or a dropped one. Ids that were not in the call are ignored. */
export function readReply(ids: readonly string[], reply: unknown): TransformResult {
  const records = isObject(reply) ? (reply as { records?: unknown }).records : undefined;
  if (records !== undefined && records !== null && !Array.isArray(records)) return allAre(ids, UNREADABLE);
  const answers: readonly unknown[] = records ?? [];
  return toResult(ids, inOrder(ids, answers) ? (answers as readonly ReplyRecord[]) : byId(ids, answers));
}

function allAre(ids: readonly string[], [code, message]: readonly [string, string]): TransformResult {
  const failures = ids.map((_, index) => ({ index, code, message }));
  return { documents: new Uint8Array(), records: new Uint32Array(), ends: new Uint32Array(), failures, dropped: 0 };
}

/** Nearly every function answers in order. */
function inOrder(ids: readonly string[], answers: readonly unknown[]): boolean {
  if (answers.length !== ids.length) return false;
  return ids.every((id, index) => {
    const answer = answers[index];
    return isObject(answer) && (answer as ReplyRecord).recordId === id;
  });
}

const TWICE = Symbol('answered twice');
type Answer = ReplyRecord | typeof TWICE | undefined;

function byId(ids: readonly string[], answers: readonly unknown[]): readonly Answer[] {
  const found = new Map<unknown, Answer>(ids.map((id) => [id, undefined]));
  for (const answer of answers) {
    if (!isObject(answer)) continue;
    const { recordId } = answer as ReplyRecord;
    if (found.has(recordId)) found.set(recordId, found.get(recordId) === undefined ? answer : TWICE);
  }
  return ids.map((id) => found.get(id));
}

function toResult(ids: readonly string[], answers: readonly Answer[]): TransformResult {
  const failures: RecordFailure[] = [];
  let dropped = 0;
  const documents = Buffer.allocUnsafeSlow(documentBytes(answers));
  const records = new Uint32Array(ids.length);
  const ends = new Uint32Array(ids.length);
  let count = 0;
  let used = 0;
  for (const index of ids.keys()) {
    const answer = answers[index];
    const fault = faultOf(answer);
    if (fault === undefined && (answer as ReplyRecord).result === 'Dropped') {
      dropped++;
      continue;
    }
    const length = fault === undefined ? writeBase64((answer as { data: string }).data, documents, used) : -1;
    if (length === -1) {
      const [code, message] = fault ?? BAD_DATA;
      failures.push({ index, code, message });
      continue;
    }
    used += length;
    records[count] = index;
    ends[count++] = used;
  }
  return { documents, records: records.subarray(0, count), ends: ends.subarray(0, count), failures, dropped };
}

function faultOf(answer: Answer): readonly [string, string] | undefined {
  if (answer === undefined) return MISSING;
  if (answer === TWICE) return DUPLICATED;
  if (answer.result === 'Ok') return typeof answer.data === 'string' ? undefined : BAD_DATA;
  if (answer.result === 'Dropped') return undefined;
  return answer.result === 'ProcessingFailed' ? FAILED : BAD_RESULT;
}

function documentBytes(answers: readonly Answer[]): number {
  let bytes = 0;
  for (const answer of answers) {
    if (answer === undefined || answer === TWICE || answer.result !== 'Ok') continue;
    if (typeof answer.data === 'string') bytes += Math.max(0, decodedLength(answer.data));
  }
  return bytes;
}

/** What a record has around its data: its id, its result and the JSON between them. */
const ENTRY_BYTES = 100;

/**
 * Whether a reply's JSON is larger than AWS Lambda lets through. It is written out and measured only if an estimate
 * comes near the limit.
 */
export function isReplyTooLarge(reply: unknown, limitBytes: number): boolean {
  return estimateBytes(reply) > 0.9 * limitBytes && Buffer.byteLength(JSON.stringify(reply) ?? '') > limitBytes;
}

function estimateBytes(reply: unknown): number {
  const { records, ...others } = (isObject(reply) ? reply : {}) as { records?: unknown };
  if (!Array.isArray(records) || Object.keys(others).length > 0) return Number.POSITIVE_INFINITY;
  let bytes = 0;
  for (const record of records) {
    // Anything beyond id, result and data may have any size.
    if (!isObject(record) || Object.keys(record).length > 3) return Number.POSITIVE_INFINITY;
    const { data } = record as ReplyRecord;
    bytes += ENTRY_BYTES + (typeof data === 'string' ? data.length : 0);
  }
  return bytes;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

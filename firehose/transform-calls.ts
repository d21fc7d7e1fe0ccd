/** Calls the transform function as Firehose calls its Lambda function: at most a buffer's bytes at once, and four attempts. */

import { randomUUID } from 'node:crypto';
import { MAX_PAYLOAD_BYTES, TRANSFORM_ATTEMPTS, TRANSFORM_BUFFER_BYTES } from '../core/firehose-limits';
import { retry } from '../core/retry';
import type { Delivery } from '../store/event-store';
import { type Batch, lengthAt } from './batch';
import type { ProcessingFailedRecord } from './failed-record';
import { type FunctionCall, TimedOut, type TransformFunction } from './function-call';
import type { TransformResult } from './transform-reply';

export interface TransformProps {
  readonly call: TransformFunction;
  readonly deliveryStreamArn: string;
  readonly region: string;
  /** The longest pause before the second attempt; it doubles with each further one. */
  readonly retryDelayMs: number;
}

/** A record that goes to processing-failed; the caller knows the function's ARN. */
export type ProcessingFailure = Omit<ProcessingFailedRecord, 'lambdaARN'>;

export interface Transformed {
  readonly documents: readonly Delivery[];
  readonly failures: readonly ProcessingFailure[];
  readonly dropped: number;
}

const ENVELOPE_BYTES = 1024;

/** What one call carries: records of one or several batches, in order. */
export interface CallRecords {
  readonly ids: string[];
  /** For each record, the batch that holds it, and where it starts and ends in the batch's bytes. */
  readonly batches: Batch[];
  readonly starts: number[];
  readonly ends: number[];
}

/** Transforms a buffer, call after call. Never throws: if the function fails, its records are failures. */
export async function transformBatches(batches: readonly Batch[], props: TransformProps): Promise<Transformed> {
  const documents: Delivery[] = [];
  const failures: ProcessingFailure[] = [];
  let dropped = 0;
  for (const records of splitIntoCalls(batches)) {
    const transformed = await transformCall(records, props);
    for (const document of transformed.documents) documents.push(document);
    for (const failure of transformed.failures) failures.push(failure);
    dropped += transformed.dropped;
  }
  return { documents, failures, dropped };
}

/** A call has at most 512 KiB of records and a request under 6 MiB: if lines are only a few bytes long, their ids take more space than they do. */
export function* splitIntoCalls(batches: readonly Batch[]): Generator<CallRecords> {
  let call = emptyCall();
  let recordBytes = 0;
  let requestBytes = ENVELOPE_BYTES;
  for (const batch of batches) {
    let start = 0;
    for (let index = 0; index < batch.count; index++) {
      const length = lengthAt(batch, index);
      const inRequest = ENTRY_BYTES + Math.ceil(length / 3) * 4;
      const full = recordBytes + length > TRANSFORM_BUFFER_BYTES || requestBytes + inRequest > MAX_PAYLOAD_BYTES;
      if (full && call.ids.length > 0) {
        yield call;
        call = emptyCall();
        recordBytes = 0;
        requestBytes = ENVELOPE_BYTES;
      }
      recordBytes += length;
      requestBytes += inRequest;
      call.ids.push(batch.idAt(index));
      call.batches.push(batch);
      call.starts.push(start);
      start += length;
      call.ends.push(start);
    }
  }
  if (call.ids.length > 0) yield call;
}

const emptyCall = (): CallRecords => ({ ids: [], batches: [], starts: [], ends: [] });

const ENTRY = { recordId: randomUUID(), approximateArrivalTimestamp: Date.now(), data: '' };
const ENTRY_BYTES = JSON.stringify(ENTRY).length + 1;

async function transformCall(records: CallRecords, props: TransformProps): Promise<Transformed> {
  const call = toCall(records, props);
  const backoff = { firstMs: props.retryDelayMs };
  try {
    return toTransformed(records, await retry(() => props.call(call), { attempts: TRANSFORM_ATTEMPTS, backoff }));
  } catch (error) {
    return allFailed(records, error);
  }
}

function toCall(records: CallRecords, { deliveryStreamArn, region }: TransformProps): FunctionCall {
  const { ids, batches, starts, ends } = records;
  const bytes = Buffer.allocUnsafeSlow(ids.reduce((sum, _, index) => sum + lengthOf(records, index), 0));
  const call = { bytes, ends: new Uint32Array(ids.length), arrivalsMs: new Float64Array(ids.length) };
  let used = 0;
  for (const [index, batch] of batches.entries()) {
    used += batch.bytes.copy(bytes, used, starts[index], ends[index]);
    call.ends[index] = used;
    call.arrivalsMs[index] = batch.arrivalMs;
  }
  return { deliveryStreamArn, region, ids, ...call };
}

const lengthOf = ({ starts, ends }: CallRecords, index: number) => (ends[index] ?? 0) - (starts[index] ?? 0);

function toTransformed(records: CallRecords, result: TransformResult): Transformed {
  const { buffer, byteOffset, length } = result.documents;
  const bytes = Buffer.from(buffer, byteOffset, length);
  const documents: Delivery[] = [];
  let start = 0;
  for (const [at, end] of result.ends.entries()) {
    documents.push({ id: records.ids[result.records[at] ?? 0] ?? '', document: bytes.subarray(start, end) });
    start = end;
  }
  const failures = result.failures.map(({ index, code, message }) => toFailure(records, index, code, message, 1));
  return { documents, failures, dropped: result.dropped };
}

function allFailed(records: CallRecords, error: unknown): Transformed {
  const code = error instanceof TimedOut ? 'Lambda.FunctionTimedOut' : 'Lambda.FunctionError';
  const message = error instanceof Error ? error.message : String(error);
  const failures = records.ids.map((_, index) => toFailure(records, index, code, message, TRANSFORM_ATTEMPTS));
  return { documents: [], failures, dropped: 0 };
}

function rawData({ batches, starts, ends }: CallRecords, index: number): string {
  return batches[index]?.bytes.toString('base64', starts[index], ends[index]) ?? '';
}

function toFailure(
  records: CallRecords,
  index: number,
  errorCode: string,
  errorMessage: string,
  attemptsMade: number,
): ProcessingFailure {
  return {
    rawData: rawData(records, index),
    errorCode,
    errorMessage,
    attemptsMade,
    arrivalTimestamp: records.batches[index]?.arrivalMs ?? 0,
    attemptEndingTimestamp: Date.now(),
  };
}

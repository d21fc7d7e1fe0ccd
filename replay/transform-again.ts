/** Passes records through the transform again: the very handler that the Lambda function runs. */
import { TRANSFORM_BUFFER_BYTES } from '../core/firehose-limits';
import { type BatchSummary, createTransformHandler } from '../etl/handler';
import type { TransformOptions } from '../etl/line-transform';
import { callHandler, type FunctionCall } from '../firehose/function-call';
import type { TransformResult } from '../firehose/transform-reply';

export interface RawRecord {
  readonly id: string;
  readonly data: Buffer;
  readonly arrivalMs: number | undefined;
}

/** What became of a record: its event, or why it has none. A blank line is dropped. */
export type TransformedRecord =
  | { readonly document: Buffer }
  | { readonly dropped: string }
  | { readonly reason: string };

export type TransformAgain = (records: readonly RawRecord[]) => Promise<readonly TransformedRecord[]>;

/** The returned function gives one result for each record, in order. */
export function createTransformAgain(options: TransformOptions): TransformAgain {
  let summary: BatchSummary | undefined;
  const handler = createTransformHandler({
    ...options,
    log: (logged) => {
      summary = logged;
    },
  });

  async function transform(records: readonly RawRecord[]): Promise<TransformedRecord[]> {
    const { results, failed } = readResult(records.length, await callHandler(handler, toCall(records)));
    for (const index of failed) {
      const record = records[index];
      // Called alone, a record gets its own reason, and has the whole reply for its event.
      if (record !== undefined) results[index] = await transformAlone(record);
    }
    return results;
  }

  async function transformAlone(record: RawRecord): Promise<TransformedRecord> {
    const { results, failed } = readResult(1, await callHandler(handler, toCall([record])));
    const reason = Object.keys(summary?.reasons ?? {})[0] ?? 'unknown';
    return failed.length === 0 && results[0] !== undefined ? results[0] : { reason };
  }

  return async (records) => {
    const results: TransformedRecord[] = [];
    for (const call of splitIntoCalls(records)) results.push(...(await transform(call)));
    return results;
  };
}

function* splitIntoCalls(records: readonly RawRecord[]): Generator<readonly RawRecord[]> {
  let call: RawRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    if (call.length > 0 && bytes + record.data.length > TRANSFORM_BUFFER_BYTES) {
      yield call;
      call = [];
      bytes = 0;
    }
    call.push(record);
    bytes += record.data.length;
  }
  if (call.length > 0) yield call;
}

function toCall(records: readonly RawRecord[]): FunctionCall {
  let end = 0;
  return {
    deliveryStreamArn: '',
    region: '',
    ids: records.map(({ id }, index) => `${index} ${id}`),
    arrivalsMs: Float64Array.from(records, ({ arrivalMs = 0 }) => arrivalMs),
    bytes: new Uint8Array(Buffer.concat(records.map(({ data }) => data))),
    ends: Uint32Array.from(records, ({ data }) => (end += data.length)),
  };
}

/** @returns results with those of failed records missing, and the indexes of these. */
function readResult(count: number, { documents, records, ends, failures }: TransformResult) {
  const failed = failures.map(({ index }) => index);
  const results = Array.from({ length: count }, (): TransformedRecord => ({ dropped: 'blank' }));
  const bytes = Buffer.from(documents.buffer, documents.byteOffset, documents.length);
  let start = 0;
  for (const [at, end] of ends.entries()) {
    results[records[at] ?? 0] = { document: bytes.subarray(start, end) };
    start = end;
  }
  return { results, failed };
}

/** One call of the transform function, on the function's side: the event as AWS Lambda would get it, and what the reply means. */

import { randomUUID } from 'node:crypto';
import type { FirehoseTransformationEvent } from 'aws-lambda';
import { MAX_PAYLOAD_BYTES } from '../core/firehose-limits';
import type { TransformHandler } from '../etl/handler';
import { isReplyTooLarge, readReply, type TransformResult } from './transform-reply';

/** The records of one call, in a form that crosses to another thread at little cost. */
export interface FunctionCall {
  readonly deliveryStreamArn: string;
  readonly region: string;
  readonly ids: readonly string[];
  readonly arrivalsMs: Float64Array<ArrayBuffer>;
  /** The records' bytes, one after the other. They fill their buffer, which is copied whole. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each record ends in them. */
  readonly ends: Uint32Array<ArrayBuffer>;
}

/**
 * The function as Firehose sees it.
 *
 * @throws TimedOut, an error of the function, or what ended its thread. Each of them fails the call.
 */
export type TransformFunction = (call: FunctionCall) => Promise<TransformResult>;

export class TimedOut extends Error {
  constructor(seconds: number) {
    super(`The function did not answer within ${seconds} s.`);
  }
}

/** Calls a handler in this thread. @throws what the handler throws, or an Error if its reply is over 6 MB. */
export async function callHandler(handler: TransformHandler, call: FunctionCall): Promise<TransformResult> {
  const reply = await handler(toEvent(call));
  if (isReplyTooLarge(reply, MAX_PAYLOAD_BYTES)) throw new Error('The reply is larger than 6 MB.');
  return readReply(call.ids, reply);
}

function toEvent({
  deliveryStreamArn,
  region,
  ids,
  arrivalsMs,
  bytes,
  ends,
}: FunctionCall): FirehoseTransformationEvent {
  const records = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    invocationId: randomUUID(),
    deliveryStreamArn,
    region,
    records: ids.map((recordId, index) => ({
      recordId,
      approximateArrivalTimestamp: arrivalsMs[index] ?? 0,
      data: records.toString('base64', ends[index - 1] ?? 0, ends[index]),
    })),
  };
}

import { isNativeError } from 'node:util/types';
import type { SourcePosition } from '../core/record-source';

const TIMEOUT_MS = 10_000;

/**
 * Asks a delivery stream what it has of each content.
 *
 * @returns undefined from a stream that is not ours.
 * @throws if there is no answer, or only from something between us and the stream.
 */
export async function fetchPositions(
  endpoint: URL,
  stream: string,
  signal: AbortSignal,
): Promise<readonly SourcePosition[] | undefined> {
  const reply = await reachable(
    fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Firehose_20150804.DescribePositions',
      },
      body: JSON.stringify({ DeliveryStreamName: stream }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    }),
  );
  const text = await reply.text();
  if (reply.status >= 500) throw new Error(`HTTP status ${reply.status}`);
  if (!reply.ok) return undefined;
  const { Positions } = JSON.parse(text) as { readonly Positions?: readonly SourcePosition[] };
  return Positions;
}

/** fetch hides why there was no connection in the cause of its error. */
async function reachable(reply: Promise<Response>): Promise<Response> {
  try {
    return await reply;
  } catch (error) {
    throw (isNativeError(error) && error.cause) || error;
  }
}

/** The wire format of `_bulk`: two lines for each event in the request, one item for each event in the reply, in the same order. */
import { z } from 'zod';
import type { Delivery } from '../event-store';

/** Amazon's smallest domains accept 10 MiB; beyond a few megabytes a larger request is not faster. */
const REQUEST_BYTES = 4 * 1024 * 1024;
const NEWLINE = Buffer.from('\n');

/** Cuts a batch into requests of at most 4 MiB; an event that is larger has a request to itself. */
export function cutForBulk(batch: readonly Delivery[]): readonly (readonly Delivery[])[] {
  const requests: Delivery[][] = [];
  let bytes = REQUEST_BYTES;
  for (const delivery of batch) {
    const more = delivery.document.length + actionOf(delivery).length + 1;
    if (bytes + more > REQUEST_BYTES) {
      requests.push([]);
      bytes = 0;
    }
    requests.at(-1)?.push(delivery);
    bytes += more;
  }
  return requests;
}

/** The index is named in the request's path, since a domain may refuse one in the body. */
export function toBulkBody(batch: readonly Delivery[]): Buffer {
  return Buffer.concat(batch.flatMap((delivery) => [Buffer.from(actionOf(delivery)), delivery.document, NEWLINE]));
}

/** `index`, not `create`: an event that is sent again replaces its equal, so a request whose reply was lost can be repeated. */
const actionOf = ({ id }: Delivery) => `{"index":{"_id":${JSON.stringify(id)}}}\n`;

/** The parts of the reply that are needed; the rest repeats the request. */
export const BULK_FILTER =
  'errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason';

const Item = z.object({
  status: z.number(),
  error: z
    .object({
      type: z.string().default('error'),
      reason: z.string().nullish(),
      caused_by: z.object({ reason: z.string().nullish() }).optional(),
    })
    .optional(),
});

export const BulkReply = z.object({
  errors: z.boolean(),
  items: z.array(z.object({ index: Item })),
});

export type BulkItem = z.output<typeof Item>;

/**
 * What became of an event, by its item in the reply:
 * - `refused`: the engine can never store it (400: a field of another type; Firehose too keeps such an event as failed at once).
 * - `busy`: the engine may store it in a moment (429 from a full queue, 5xx).
 * - `blocked`: the index takes no event until somebody acts: a full disk has made it read-only (403 on Elasticsearch 6, 429 later), it may
 *   not be created, a role is missing.
 */
export type ItemResult = 'stored' | 'refused' | 'busy' | 'blocked';

export function toItemResult({ status, error }: BulkItem): ItemResult {
  if (status < 300) return 'stored';
  if (error?.type === 'cluster_block_exception' || [401, 403, 404].includes(status)) return 'blocked';
  return status === 429 || status >= 500 ? 'busy' : 'refused';
}

/** The reason in one line, with the innermost one: the outer one only names the field. */
export function explainItem({ status, error }: BulkItem): string {
  if (error === undefined) return `status ${status}`;
  const reasons = [error.reason, error.caused_by?.reason].filter((reason) => reason != null);
  return `${error.type}: ${reasons.join('; ')}`.slice(0, 300);
}

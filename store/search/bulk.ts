/** The wire form of `_bulk`: two lines an event out, one item an event back, in the same order. */
import { z } from 'zod';
import type { Delivery } from '../event-store';

/** Amazon's smallest domains take 10 MiB; beyond some megabytes a larger request is no faster. */
const REQUEST_BYTES = 4 * 1024 * 1024;
const NEWLINE = Buffer.from('\n');

/** Cuts a batch into requests of at most 4 MiB, or of one event where that alone is larger. */
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

/** The index stands in the request's path: a domain may refuse one that stands in the body. */
export function toBulkBody(batch: readonly Delivery[]): Buffer {
  return Buffer.concat(batch.flatMap((delivery) => [Buffer.from(actionOf(delivery)), delivery.document, NEWLINE]));
}

/** `index`, not `create`: an event that is sent again replaces its equal, so an attempt whose reply was lost can be repeated. */
const actionOf = ({ id }: Delivery) => `{"index":{"_id":"${id}"}}\n`;

/** What of a reply is asked for; the rest repeats the request. */
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

/** Whose fault it is that an event was not stored, as one item of the reply says. */
export type Verdict = 'stored' | 'event' | 'busy' | 'index';

/**
 * - `event`: it will never be taken (400: a field of another type; Firehose keeps such an event as failed at once, too).
 * - `busy`: it may be taken in a moment (429 of a full queue, 5xx).
 * - `index`: none will be taken until somebody does something: a full disk has made the index read-only (403 on Elasticsearch 6, 429 later), it
 *   may not be made, a role is missing.
 */
export function judge({ status, error }: BulkItem): Verdict {
  if (status < 300) return 'stored';
  if (error?.type === 'cluster_block_exception' || [401, 403, 404].includes(status)) return 'index';
  return status === 429 || status >= 500 ? 'busy' : 'event';
}

/** The reason in one line, the innermost too: the outer one only names the field. */
export function explainItem({ status, error }: BulkItem): string {
  if (error === undefined) return `status ${status}`;
  const reasons = [error.reason, error.caused_by?.reason].filter((reason) => reason != null);
  return `${error.type}: ${reasons.join('; ')}`.slice(0, 300);
}

/** The wire format of `_bulk`: two lines for each event in the request, one item for each event in the reply, in the same order. */
import { z } from 'zod';
import { clickEventFields } from '../../click/click-event';
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
 * Why an event was refused, as it is counted: the error's type, and the field if it is one of ours, so that there are only so many reasons.
 * `mapper_parsing_exception: bytes`
 */
export function toReason({ status, error }: BulkItem): string {
  if (error === undefined) return `status-${status}`;
  const field = /\[([^\]]+)\]/.exec(error.reason ?? '')?.[1] ?? '';
  return Object.hasOwn(clickEventFields, field) ? `${error.type}: ${field}` : error.type;
}

/** The reason in one line, with the innermost one: the outer one only names the field. */
export function explainItem({ status, error }: BulkItem): string {
  if (error === undefined) return `status ${status}`;
  const reasons = [error.reason, error.caused_by?.reason].filter((reason) => reason != null);
  return `${error.type}: ${reasons.join('; ')}`.slice(0, 300);
}

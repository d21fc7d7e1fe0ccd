/** Sends one `_bulk` request, again while the engine is busy, until each of its events is stored, refused, or left to the caller. */
import { ToolkitError } from '../../core/errors';
import type { HttpClient, HttpReply } from '../../core/http-client';
import { toJson } from '../../core/http-reply';
import { retry } from '../../core/retry';
import type { Delivery, Refusal } from '../event-store';
import { BULK_FILTER, type BulkItem, BulkReply, explainItem, toBulkBody, toReason } from './bulk';
import { failIfRefused, notUnderstood } from './engine';
import { judgeItem } from './judge-item';

export interface BulkProps {
  readonly client: HttpClient;
  /** `/apache/_bulk` */
  readonly path: string;
  /** Aborts the request that is being sent. */
  readonly signal: AbortSignal;
}

export interface BulkResult {
  readonly refused: readonly Refusal[];
  /** Refused for a reason that may be the event's or the index's, while no event beside them was stored. */
  readonly unclear: readonly Unclear[];
  /** Events to write again: each may be stored, or not. */
  readonly waiting: readonly Delivery[];
  /** Why they wait. */
  readonly failure?: ToolkitError;
  /** The smallest of the events that are stored now. */
  readonly stored?: Delivery;
}

export interface Unclear {
  readonly delivery: Delivery;
  readonly refusal: Refusal;
}

/** A full queue usually has space again in a moment; what takes longer is left to the caller, who warns and waits. */
const ATTEMPTS = 4;
const BACKOFF = { firstMs: 100, longestMs: 400 };

/** Sends only those events again for which the engine was busy. @throws AbortError if the signal ends the attempts. */
export async function writeBulk(props: BulkProps, batch: readonly Delivery[]): Promise<BulkResult> {
  const { signal } = props;
  let whole: Tried = { ...NOTHING, waiting: batch };
  const attempt = async () => {
    const tried = await tryOnce(props, whole.waiting);
    whole = { ...join(whole, tried), waiting: tried.waiting, isBusy: tried.isBusy };
    return tried;
  };
  const last = await retry(attempt, {
    again: (outcome) => 'value' in outcome && outcome.value.isBusy,
    ...{ attempts: ATTEMPTS, backoff: BACKOFF, signal },
  });
  if (last.isBusy) signal.throwIfAborted();
  const { failure: _, ...result } = whole;
  return { ...result, ...(last.failure && { failure: last.failure }) };
}

interface Tried extends BulkResult {
  /** The cause may be gone in a moment. */
  readonly isBusy: boolean;
}

const NOTHING: Tried = { refused: [], unclear: [], waiting: [], isBusy: false };

function join(one: Tried, two: Tried): Tried {
  const failure = one.failure ?? two.failure;
  const stored = one.stored ?? two.stored;
  return {
    refused: [...one.refused, ...two.refused],
    unclear: [...one.unclear, ...two.unclear],
    waiting: [...one.waiting, ...two.waiting],
    isBusy: one.isBusy || two.isBusy,
    ...(failure && { failure }),
    ...(stored && { stored }),
  };
}

async function tryOnce(props: BulkProps, batch: readonly Delivery[]): Promise<Tried> {
  let reply: HttpReply;
  try {
    reply = await send(props, batch);
  } catch (error) {
    if (!(error instanceof ToolkitError)) throw error;
    // A broken connection is worth another attempt; after a time-out the wait has been long enough.
    return { ...NOTHING, waiting: batch, failure: error, isBusy: error.code === 'SERVER_UNREACHABLE' };
  }
  if (reply.status === 413) return sendHalves(props, batch);
  try {
    failIfRefused(props.client, reply);
    return readItems(props.path, batch, toItems(props, batch, reply));
  } catch (error) {
    if (!(error instanceof ToolkitError)) throw error;
    return { ...NOTHING, waiting: batch, failure: error, isBusy: reply.status === 429 || reply.status >= 500 };
  }
}

function send({ client, path, signal }: BulkProps, batch: readonly Delivery[]): Promise<HttpReply> {
  return client.send({
    method: 'POST',
    path,
    query: { filter_path: BULK_FILTER },
    headers: { 'content-type': 'application/x-ndjson' },
    body: toBulkBody(batch),
    signal,
  });
}

/** For a request that is too large for the engine, or for a proxy in front of it: their limits are not known here. */
async function sendHalves(props: BulkProps, batch: readonly Delivery[]): Promise<Tried> {
  const [only, other] = batch;
  if (only !== undefined && other === undefined) {
    const message = 'The engine takes no request of this size.';
    return { ...NOTHING, refused: [{ id: only.id, code: '413', reason: 'too-large', message }] };
  }
  const middle = Math.ceil(batch.length / 2);
  return join(await tryOnce(props, batch.slice(0, middle)), await tryOnce(props, batch.slice(middle)));
}

function toItems({ client, path }: BulkProps, batch: readonly Delivery[], reply: HttpReply): readonly BulkItem[] {
  const parsed = BulkReply.safeParse(toJson(reply));
  if (!parsed.success || parsed.data.items.length !== batch.length) {
    throw notUnderstood(client, `${path}: not one item for each of ${batch.length} events`);
  }
  return parsed.data.items.map(({ index }) => index);
}

function readItems(path: string, batch: readonly Delivery[], items: readonly BulkItem[]): Tried {
  const refused: Refusal[] = [];
  const unclear: Unclear[] = [];
  const waiting: Delivery[] = [];
  let worst: BulkItem | undefined;
  let isBusy = true;
  let stored: Delivery | undefined;
  for (const [at, item] of items.entries()) {
    const delivery = batch[at];
    if (delivery === undefined) continue;
    const verdict = judgeItem(item);
    switch (verdict) {
      case 'stored':
        if (stored === undefined || delivery.document.length < stored.document.length) stored = delivery;
        break;
      case 'event':
        refused.push(toRefusal(delivery, item));
        break;
      case 'unclear':
        unclear.push({ delivery, refusal: toRefusal(delivery, item) });
        break;
      case 'index':
      case 'busy':
        waiting.push(delivery);
        if (worst === undefined || verdict === 'index') worst = item;
        if (verdict === 'index') isBusy = false;
        break;
      default:
        verdict satisfies never;
    }
  }
  // The index takes events: then what it says of others is about them.
  if (stored !== undefined) refused.push(...unclear.splice(0).map(({ refusal }) => refusal));
  const failure = worst && indexBlocked(path, explainItem(worst));
  return {
    ...{ refused, unclear, waiting, isBusy: isBusy && worst !== undefined },
    ...(failure && { failure }),
    ...(stored && { stored }),
  };
}

const toRefusal = ({ id }: Delivery, item: BulkItem): Refusal => ({
  id,
  code: String(item.status),
  reason: toReason(item),
  message: explainItem(item),
});

export function indexBlocked(path: string, why: string): ToolkitError {
  return new ToolkitError(
    'INDEX_BLOCKED',
    `${path} takes no events: ${why}`,
    'Look at the index: it may be closed or read-only, its alias, pipeline or a role may be missing, the engine may be full or overloaded.',
  );
}

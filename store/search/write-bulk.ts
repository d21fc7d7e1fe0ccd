/** Sends one `_bulk` request, again while the engine is busy, until each of its events is stored, refused, or left to the caller. */
import { ToolkitError } from '../../core/errors';
import type { HttpClient, HttpReply } from '../../core/http-client';
import { toJson } from '../../core/http-reply';
import { retry } from '../../core/retry';
import type { Delivery, Refusal } from '../event-store';
import { BULK_FILTER, type BulkItem, BulkReply, explainItem, toBulkBody, toItemResult } from './bulk';
import { failIfRefused, notUnderstood } from './engine';

export interface BulkProps {
  readonly client: HttpClient;
  /** `/apache/_bulk` */
  readonly path: string;
  /** Aborts the request that is being sent. */
  readonly signal: AbortSignal;
}

export interface BulkResult {
  readonly refused: readonly Refusal[];
  /** Events to write again: each may be stored, or not. */
  readonly waiting: readonly Delivery[];
  /** Why they wait. */
  readonly failure?: ToolkitError;
}

/** A full queue usually has space again in a moment; what takes longer is left to the caller, who warns and waits. */
const ATTEMPTS = 4;
const BACKOFF = { firstMs: 100, longestMs: 400 };

/** Sends only those events again for which the engine was busy. @throws AbortError if the signal ends the attempts. */
export async function writeBulk(props: BulkProps, batch: readonly Delivery[]): Promise<BulkResult> {
  const { signal } = props;
  const refused: Refusal[] = [];
  let waiting = batch;
  const attempt = async () => {
    const tried = await tryOnce(props, waiting);
    refused.push(...tried.refused);
    waiting = tried.waiting;
    return tried;
  };
  const last = await retry(attempt, {
    again: (outcome) => 'value' in outcome && outcome.value.isBusy,
    ...{ attempts: ATTEMPTS, backoff: BACKOFF, signal },
  });
  if (last.isBusy) signal.throwIfAborted();
  return { ...last, refused };
}

interface Tried extends BulkResult {
  /** The cause may be gone in a moment. */
  readonly isBusy: boolean;
}

const allWait = (batch: readonly Delivery[], failure: ToolkitError, isBusy: boolean): Tried => ({
  refused: [],
  waiting: batch,
  failure,
  isBusy,
});

async function tryOnce(props: BulkProps, batch: readonly Delivery[]): Promise<Tried> {
  let reply: HttpReply;
  try {
    reply = await send(props, batch);
  } catch (error) {
    if (!(error instanceof ToolkitError)) throw error;
    // A broken connection is worth another attempt; after a time-out the wait has been long enough.
    return allWait(batch, error, error.code === 'SERVER_UNREACHABLE');
  }
  if (reply.status === 413) return sendHalves(props, batch);
  try {
    failIfRefused(props.client, reply);
    return readItems(props.path, batch, toItems(props, batch, reply));
  } catch (error) {
    if (!(error instanceof ToolkitError)) throw error;
    return allWait(batch, error, reply.status === 429 || reply.status >= 500);
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
    const refused = [{ id: only.id, code: '413', message: 'The engine takes no request of this size.' }];
    return { refused, waiting: [], isBusy: false };
  }
  const middle = Math.ceil(batch.length / 2);
  const one = await tryOnce(props, batch.slice(0, middle));
  const two = await tryOnce(props, batch.slice(middle));
  const failure = one.failure ?? two.failure;
  return {
    refused: [...one.refused, ...two.refused],
    waiting: [...one.waiting, ...two.waiting],
    isBusy: one.isBusy || two.isBusy,
    ...(failure === undefined ? {} : { failure }),
  };
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
  const waiting: Delivery[] = [];
  let worst: BulkItem | undefined;
  let isBusy = true;
  for (const [at, item] of items.entries()) {
    const delivery = batch[at];
    const result = toItemResult(item);
    if (result === 'stored' || delivery === undefined) continue;
    if (result === 'refused') {
      refused.push({ id: delivery.id, code: String(item.status), message: explainItem(item) });
      continue;
    }
    waiting.push(delivery);
    if (worst === undefined || result === 'blocked') worst = item;
    if (result === 'blocked') isBusy = false;
  }
  return worst === undefined
    ? { refused, waiting, isBusy: false }
    : { refused, waiting, isBusy, failure: notTaken(path, worst) };
}

function notTaken(path: string, item: BulkItem): ToolkitError {
  return new ToolkitError(
    'INDEX_BLOCKED',
    `${path} takes no events: ${explainItem(item)}`,
    'Look at the index: a full disk makes it read-only, a role may be missing, the engine may be overloaded.',
  );
}

/** One `_bulk` request, tried until each of its events is stored, refused, or has to wait for better times. */
import { setTimeout as delay } from 'node:timers/promises';
import { ToolkitError } from '../../core/errors';
import type { HttpClient, HttpReply } from '../../core/http-client';
import { toJson } from '../../core/http-reply';
import type { Delivery, Refusal } from '../event-store';
import { BULK_FILTER, type BulkItem, BulkReply, explainItem, judge, toBulkBody } from './bulk';
import { failIfRefused, notUnderstood } from './engine';

export interface BulkProps {
  readonly client: HttpClient;
  /** `/apache/_bulk` */
  readonly path: string;
  /** Gives up what is under way. */
  readonly signal: AbortSignal;
}

export interface BulkOutcome {
  readonly refused: readonly Refusal[];
  /** What is to be written again: it may be stored, or not. */
  readonly waiting: readonly Delivery[];
  /** Why they wait. */
  readonly failure?: ToolkitError;
}

/** A queue that is full is mostly free again in a moment; what lasts longer is for the caller, who warns and waits. */
const ATTEMPTS = 4;
const FIRST_RETRY_MS = 100;

/** Tries what is busy again, and only that. */
export async function writeBulk(props: BulkProps, batch: readonly Delivery[]): Promise<BulkOutcome> {
  const refused: Refusal[] = [];
  let waiting = batch;
  for (let attempt = 1, waitMs = FIRST_RETRY_MS; ; attempt++, waitMs *= 2) {
    const tried = await tryOnce(props, waiting);
    refused.push(...tried.refused);
    waiting = tried.waiting;
    if (!tried.isBusy || attempt === ATTEMPTS) return { ...tried, refused };
    await delay(waitMs, undefined, { signal: props.signal });
  }
}

interface Attempt extends BulkOutcome {
  /** It may be over in a moment. */
  readonly isBusy: boolean;
}

const allWait = (batch: readonly Delivery[], failure: ToolkitError, isBusy: boolean): Attempt => ({
  refused: [],
  waiting: batch,
  failure,
  isBusy,
});

async function tryOnce(props: BulkProps, batch: readonly Delivery[]): Promise<Attempt> {
  let reply: HttpReply;
  try {
    reply = await send(props, batch);
  } catch (error) {
    if (!(error instanceof ToolkitError)) throw error;
    // A connection that broke off is made anew; who did not answer in time has been waited for.
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

/** Too large for the engine or for a proxy before it, whose limits are not known here. */
async function sendHalves(props: BulkProps, batch: readonly Delivery[]): Promise<Attempt> {
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

function readItems(path: string, batch: readonly Delivery[], items: readonly BulkItem[]): Attempt {
  const refused: Refusal[] = [];
  const waiting: Delivery[] = [];
  let worst: BulkItem | undefined;
  let isBusy = true;
  for (const [at, item] of items.entries()) {
    const delivery = batch[at];
    const verdict = judge(item);
    if (verdict === 'stored' || delivery === undefined) continue;
    if (verdict === 'event') {
      refused.push({ id: delivery.id, code: String(item.status), message: explainItem(item) });
      continue;
    }
    waiting.push(delivery);
    if (worst === undefined || verdict === 'index') worst = item;
    if (verdict === 'index') isBusy = false;
  }
  return worst === undefined
    ? { refused, waiting, isBusy: false }
    : { refused, waiting, isBusy, failure: notTaken(path, worst) };
}

function notTaken(path: string, item: BulkItem): ToolkitError {
  return new ToolkitError(
    'INDEX_BLOCKED',
    `${path} takes no events: ${explainItem(item)}`,
    'Look at the index: is the disk full (then it is read-only), is a role missing, is the engine overloaded?',
  );
}

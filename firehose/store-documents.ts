/** One buffer's documents into the store: tried until each is stored or refused, or the time for it is over. */
import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf } from '../core/errors';
import { type Delivery, type EventStore, PartlyWritten, type Refusal } from '../store/event-store';
import { watchOutage } from './outage';

export interface StoreProps {
  readonly store: EventStore;
  /** How long documents that the store cannot take are tried again, the first attempt included. */
  readonly retrySeconds: number;
  /** Where documents are kept that it did not take; for the warning. */
  readonly failedPrefix: string;
  readonly warn: (sentence: string) => void;
  /** Aborted when the stream closes: then nothing is called failed. */
  readonly closing: AbortSignal;
}

/** What the store did not take, by the document's id. */
export interface Refused {
  readonly refusals: ReadonlyMap<string, Refusal>;
  readonly attempts: number;
}

/** Firehose's code is the HTTP status of the domain's reply: this is what one that is out of reach would give. */
const OUT_OF_REACH = '503';
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;

/** What it makes throws AbortError once the stream closes. */
export function createDocumentWriter(
  props: StoreProps,
): (documents: readonly Delivery[], readyMs: number) => Promise<Refused> {
  const { store, retrySeconds, warn, closing } = props;
  const away = watchOutage(warn);

  return async (documents, readyMs) => {
    const refused: Refusal[] = [];
    let waiting = documents;
    let waitMs = FIRST_RETRY_MS;
    for (let attempts = 1; waiting.length > 0; attempts++, waitMs = Math.min(2 * waitMs, LAST_RETRY_MS)) {
      try {
        refused.push(...(await store.write(waiting)));
        away.over();
        return { refusals: toRefusals(documents, refused), attempts };
      } catch (error) {
        if (error instanceof PartlyWritten) {
          refused.push(...error.refused);
          waiting = error.waiting;
        }
        const leftMs = readyMs + retrySeconds * 1000 - Date.now();
        if (!closing.aborted && leftMs <= 0) {
          warn(toWarning(props, waiting.length, error));
          const message = reasonOf(error);
          refused.push(...waiting.map(({ id }) => ({ id, code: OUT_OF_REACH, message })));
          return { refusals: toRefusals(documents, refused), attempts };
        }
        away.begins(`The store cannot take events: ${reasonOf(error)}. It is tried again.`);
        await delay(Math.min(waitMs, leftMs), undefined, { signal: closing });
      }
    }
    return { refusals: new Map(), attempts: 0 };
  };
}

function toWarning({ retrySeconds, failedPrefix }: StoreProps, events: number, error: unknown): string {
  return `The store could not take ${events} events for ${retrySeconds} s: ${reasonOf(error)}. They are kept under ${failedPrefix}.`;
}

/** Only what was asked about, once: the counts must hold whatever a store says. */
function toRefusals(documents: readonly Delivery[], refusals: readonly Refusal[]): ReadonlyMap<string, Refusal> {
  if (refusals.length === 0) return new Map();
  const known = new Set(documents.map(({ id }) => id));
  return new Map(refusals.filter(({ id }) => known.has(id)).map((refusal) => [refusal.id, refusal]));
}

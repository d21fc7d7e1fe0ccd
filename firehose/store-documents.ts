/** Writes one buffer's documents into the store: retries until each is stored or refused, or its time is up. */
import { reasonOf } from '../core/errors';
import { retry } from '../core/retry';
import { type Delivery, type EventStore, PartlyWritten, type Refusal } from '../store/event-store';
import { watchOutage } from './outage';

export interface StoreProps {
  readonly store: EventStore;
  /** How long documents that the store cannot take are retried, the first attempt included. */
  readonly retrySeconds: number;
  /** Where the documents that it did not take are kept; for the warning. */
  readonly failedPrefix: string;
  readonly warn: (sentence: string) => void;
  /** Aborted when the stream closes: from then on nothing counts as failed. */
  readonly closing: AbortSignal;
}

/** What the store did not take, by the document's id. */
export interface Refused {
  readonly refusals: ReadonlyMap<string, Refusal>;
  readonly attempts: number;
}

/** Firehose's error code is the HTTP status of the domain's reply; this one stands for a domain that cannot be reached. */
const OUT_OF_REACH = '503';

/** The time of the returned function runs from `readyMs`. Once the stream closes, it throws the store's last error. */
export function createDocumentWriter(
  props: StoreProps,
): (documents: readonly Delivery[], readyMs: number) => Promise<Refused> {
  const { store, retrySeconds, warn, closing } = props;
  const outage = watchOutage(warn);

  return async (documents, readyMs) => {
    const refused: Refusal[] = [];
    let waiting = documents;
    let attempts = 0;
    const write = async () => {
      if (waiting.length === 0) return;
      attempts++;
      try {
        refused.push(...(await store.write(waiting)));
        outage.ends();
      } catch (error) {
        if (error instanceof PartlyWritten) {
          refused.push(...error.refused);
          waiting = error.waiting;
        }
        throw error;
      }
    };
    try {
      await retry(write, {
        again: (outcome) => {
          if (!('error' in outcome)) return false;
          outage.begins(`The store cannot take events: ${reasonOf(outcome.error)}. They are retried.`);
          return true;
        },
        withinMs: readyMs + retrySeconds * 1000 - Date.now(),
        signal: closing,
      });
    } catch (error) {
      if (closing.aborted) throw error;
      warn(toWarning(props, waiting.length, error));
      const message = reasonOf(error);
      refused.push(...waiting.map(({ id }) => ({ id, code: OUT_OF_REACH, reason: 'store-unavailable', message })));
    }
    return { refusals: toRefusals(documents, refused), attempts };
  };
}

function toWarning({ retrySeconds, failedPrefix }: StoreProps, events: number, error: unknown): string {
  return `The store could not take ${events} events for ${retrySeconds} s: ${reasonOf(error)}. They are kept under ${failedPrefix}.`;
}

/** Only documents that were sent, each once: the counts must hold whatever a store answers. */
function toRefusals(documents: readonly Delivery[], refusals: readonly Refusal[]): ReadonlyMap<string, Refusal> {
  if (refusals.length === 0) return new Map();
  const known = new Set(documents.map(({ id }) => id));
  return new Map(refusals.filter(({ id }) => known.has(id)).map((refusal) => [refusal.id, refusal]));
}

/** Where replayed events go: the embedded store of a data folder, or a search engine. */
import { errnoOf, reasonOf, ToolkitError } from '../core/errors';
import { retry } from '../core/retry';
import { lockFolder } from '../firehose/folder-lock';
import { type Outage, watchOutage } from '../firehose/outage';
import { type Delivery, PartlyWritten, type Refusal } from '../store/event-store';
import { openStore, type StoreLocation } from '../store/open-store';
import { openSearchStore } from '../store/search/store';
import type { Failure } from './failure';
import { toStoreUuid } from './replay-id';

export interface ReplayedEvent extends Delivery {
  /** An index of a search engine; without it, the destination's own. */
  readonly index: string | undefined;
}

/** What can be said of a record before the store is open. */
export interface DestinationRules {
  /** The id under which an event is stored that came with this one. @returns undefined for an id that no engine takes. */
  toId(failure: Failure, documentId: string): string | undefined;
  /** The index for an event. @throws ToolkitError REPLAY_INDEX_UNCLEAR */
  toIndex(failure: Failure): string | undefined;
}

export interface Destination {
  /** For people: `Store.place`. */
  readonly place: string;
  /**
   * Waits for a store that is out of reach, with one warning.
   *
   * @returns what the store refused, by id. @throws the store's last error after `retrySeconds`, or once `signal` is aborted
   */
  write(events: readonly ReplayedEvent[]): Promise<ReadonlyMap<string, Refusal>>;
  close(): Promise<void>;
}

export interface DestinationProps {
  readonly retrySeconds: number;
  readonly warn: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** Elasticsearch's and OpenSearch's limit. */
const MOST_ID_BYTES = 512;

/** @param isIndexChosen whether the user named the index: then it takes what was meant for any other. */
export function toRules(location: StoreLocation, isIndexChosen: boolean): DestinationRules {
  if (location.kind === 'duckdb') return { toId: toStoreUuid, toIndex: () => undefined };
  const { index } = location;
  return {
    toId: (_, id) => (Buffer.byteLength(id) <= MOST_ID_BYTES ? id : undefined),
    toIndex: ({ index: meant }) => {
      if (meant === undefined || meant === index) return undefined;
      // Into the same index as before: the event may be there, if only the reply was lost.
      if (isRotated(meant, index)) return meant;
      if (isIndexChosen) return undefined;
      throw new ToolkitError(
        'REPLAY_INDEX_UNCLEAR',
        `An event was meant for the index ${JSON.stringify(meant.slice(0, 200))}, and this would write it to ${index}.`,
        'Name the index with --index: that one, or another one for all events.',
      );
    },
  };
}

/** The endings that Firehose gives an index by the hour, day, week and month. */
const isRotated = (name: string, index: string) =>
  name.startsWith(`${index}-`) && /^\d{4}-(?:\d{2}(?:-\d{2}){0,2}|w\d{2})$/.test(name.slice(index.length + 1));

/** @throws ToolkitError those of `openStore`; DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE */
export async function openDestination(location: StoreLocation, props: DestinationProps): Promise<Destination> {
  const outage = watchOutage(props.warn);
  if (location.kind === 'search') {
    const store = await openSearchStore(location);
    const { place } = store;
    const write = (index: string | undefined) =>
      index === undefined ? store.write : (batch: readonly Delivery[]) => store.writeInto(index, batch);
    return {
      place,
      write: (events) => writeByIndex(events, write, { ...props, outage }),
      close: () => store.close(),
    };
  }
  const release = await holdFolder(location.folder);
  try {
    const store = await openStore(location);
    return {
      place: store.place,
      write: (events) => writeByIndex(events, () => store.write, { ...props, outage }),
      close: () => store.close().finally(release),
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** @returns what releases the folder. @throws ToolkitError DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  try {
    const lock = await lockFolder(folder);
    return () => lock.release();
  } catch (error) {
    if (error instanceof ToolkitError) throw error;
    throw new ToolkitError(
      'DATA_FOLDER_UNUSABLE',
      `The folder ${folder} cannot be used: ${reasonOf(error)}.`,
      errnoOf(error) === 'ENOENT'
        ? 'Give the folder that `clickstreamy local --data` had.'
        : 'Name a folder that can be written.',
      { cause: error },
    );
  }
}

type Write = (batch: readonly Delivery[]) => Promise<readonly Refusal[]>;

async function writeByIndex(
  events: readonly ReplayedEvent[],
  toWrite: (index: string | undefined) => Write,
  props: WriteProps,
): Promise<ReadonlyMap<string, Refusal>> {
  const byIndex = new Map<string | undefined, ReplayedEvent[]>();
  for (const event of events) {
    const group = byIndex.get(event.index);
    if (group === undefined) byIndex.set(event.index, [event]);
    else group.push(event);
  }
  const refusals = new Map<string, Refusal>();
  for (const [index, group] of byIndex) {
    for (const refusal of await writeAll(toWrite(index), group, props)) refusals.set(refusal.id, refusal);
  }
  return refusals;
}

interface WriteProps extends DestinationProps {
  readonly outage: Outage;
}

async function writeAll(write: Write, batch: readonly Delivery[], props: WriteProps): Promise<readonly Refusal[]> {
  const { retrySeconds, signal, outage } = props;
  const refused: Refusal[] = [];
  let waiting = batch;
  const attempt = async () => {
    try {
      refused.push(...(await write(waiting)));
    } catch (error) {
      if (error instanceof PartlyWritten) {
        refused.push(...error.refused);
        waiting = error.waiting;
      }
      throw error;
    }
  };
  await retry(attempt, {
    again: (outcome) => {
      if (!('error' in outcome)) return false;
      outage.begins(`The store cannot take events: ${reasonOf(outcome.error)}. They are retried.`);
      return true;
    },
    withinMs: retrySeconds * 1000,
    signal,
  });
  outage.ends();
  return refused;
}

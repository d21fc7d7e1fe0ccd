/**
 * The store in a search engine: Elasticsearch 6.3 and later, OpenSearch. It writes as Firehose delivers: one index, `_bulk` item by item,
 * an id that stays the same over every attempt.
 */
import type { HttpClient } from '../../core/http-client';
import type { Delivery, Refusal } from '../event-store';
import type { ReadOnlyStore, Store } from '../store';
import { createBulkWriter } from './bulk-writer';
import { type FoundEngine, findEngine } from './engine';
import { checkIndex, makeIndex, prepareIndex } from './prepare-index';
import { createSearchReader } from './reader';

export interface SearchStoreProps {
  readonly client: HttpClient;
  /** See `IndexName`. */
  readonly index: string;
}

export interface SearchStore extends Store {
  readonly engine: FoundEngine;
  /** As `write`, into a rotated index of this one (`apache-2026-11-23`): the template covers those. */
  writeInto(index: string, batch: readonly Delivery[]): Promise<readonly Refusal[]>;
}

/**
 * Installs the index template and makes the index, then takes events.
 *
 * @throws ToolkitError those of `prepareIndex`
 */
export async function openSearchStore({ client, index }: SearchStoreProps): Promise<SearchStore> {
  const prepared = await prepareIndex(client, index);
  if (!prepared.indexes.some(({ name }) => name === index)) await makeIndex(client, prepared, index);
  const { engine, type } = prepared;
  const closing = new AbortController();

  function openWriter(index: string) {
    const path = `/${encodeURIComponent(index)}${type === undefined ? '' : `/${encodeURIComponent(type)}`}/_bulk`;
    return createBulkWriter({ client, path, signal: closing.signal });
  }

  const writers = new Map<string, ReturnType<typeof openWriter>>();
  function writeInto(index: string, batch: readonly Delivery[]): Promise<readonly Refusal[]> {
    const writer = writers.get(index) ?? openWriter(index);
    writers.set(index, writer);
    return writer(batch);
  }

  return {
    ...createSearchReader(client, engine, index),
    engine,
    place: toPlace(client, engine, index),
    index: type === undefined ? { name: index } : { name: index, type },
    write: (batch) => writeInto(index, batch),
    writeInto,
    close: async () => closing.abort(),
  };
}

/**
 * @throws ToolkitError those of `findEngine`. `readRunTotals` may also throw INDEX_NOT_FOUND, since an index may be made with its first event,
 *   and INDEX_MISMATCHED.
 */
export async function openSearchReadOnly({ client, index }: SearchStoreProps): Promise<ReadOnlyStore> {
  const engine = await findEngine(client);
  const reader = createSearchReader(client, engine, index);
  return {
    ...reader,
    place: toPlace(client, engine, index),
    grows: true,
    async readRunTotals(run) {
      await checkIndex(client, engine, index);
      return reader.readRunTotals(run);
    },
    close: async () => {},
  };
}

const toPlace = ({ url }: HttpClient, { family, version }: FoundEngine, index: string) =>
  `${url.href.replace(/\/$/, '')}/${index} (${family} ${version})`;

/**
 * The store in a search engine: Elasticsearch 6.3 and later, OpenSearch. It writes as Firehose delivers: one index, `_bulk` item by item,
 * an id that stays the same over every attempt.
 */
import type { HttpClient } from '../../core/http-client';
import { type Delivery, PartlyWritten, type Refusal } from '../event-store';
import { inOrderOf, siftBatch } from '../sift-batch';
import type { ReadOnlyStore, Store } from '../store';
import { cutForBulk } from './bulk';
import { type FoundEngine, findEngine, isTyped } from './engine';
import { TYPE_NAME } from './index-template';
import { checkIndex, prepareIndex } from './prepare-index';
import { createSearchReader } from './search-reader';
import { writeBulk } from './write-bulk';

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
 * Installs the index template, then takes events.
 *
 * @throws ToolkitError those of `prepareIndex`
 */
export async function openSearchStore({ client, index }: SearchStoreProps): Promise<SearchStore> {
  const { engine } = await prepareIndex(client, index);
  const closing = new AbortController();

  async function writeInto(index: string, batch: readonly Delivery[]): Promise<readonly Refusal[]> {
    const path = `/${encodeURIComponent(index)}${isTyped(engine) ? `/${TYPE_NAME}` : ''}/_bulk`;
    const { lines, refused } = siftBatch(batch);
    const requests = cutForBulk(lines);
    for (const [at, request] of requests.entries()) {
      const { refused: more, waiting, failure } = await writeBulk({ client, path, signal: closing.signal }, request);
      refused.push(...more);
      if (failure !== undefined) {
        const rest = [...waiting, ...requests.slice(at + 1).flat()];
        throw new PartlyWritten(failure, rest, inOrderOf(batch, refused));
      }
    }
    return inOrderOf(batch, refused);
  }

  return {
    ...createSearchReader(client, engine, index),
    engine,
    place: toPlace(client, engine, index),
    index: isTyped(engine) ? { name: index, type: TYPE_NAME } : { name: index },
    write: (batch) => writeInto(index, batch),
    writeInto,
    close: async () => closing.abort(),
  };
}

/**
 * @throws ToolkitError those of `findEngine`. `readRunTotals` may also throw INDEX_NOT_FOUND, since an index is made with its first event,
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

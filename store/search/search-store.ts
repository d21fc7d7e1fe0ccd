/**
 * The store in a search engine: Elasticsearch 6.3 and later, OpenSearch. As Firehose delivers: one index, `_bulk` item by item, an id that
 * stays over every attempt.
 */
import type { HttpClient } from '../../core/http-client';
import { type Delivery, type EventStore, PartlyWritten, type Refusal } from '../event-store';
import { inOrderOf, siftBatch } from '../sift-batch';
import { cutForBulk } from './bulk';
import { type FoundEngine, isTyped } from './engine';
import { TYPE_NAME } from './index-template';
import { prepareIndex } from './prepare-index';
import { writeBulk } from './write-bulk';

export interface SearchStoreProps {
  readonly client: HttpClient;
  /** See `IndexName`. */
  readonly index: string;
}

export interface SearchStore extends EventStore {
  readonly engine: FoundEngine;
}

/**
 * Puts the index template, then takes events.
 *
 * @throws ToolkitError as `prepareIndex`.
 */
export async function openSearchStore({ client, index }: SearchStoreProps): Promise<SearchStore> {
  const { engine } = await prepareIndex(client, index);
  const closing = new AbortController();
  const path = `/${encodeURIComponent(index)}${isTyped(engine) ? `/${TYPE_NAME}` : ''}/_bulk`;

  async function write(batch: readonly Delivery[]): Promise<readonly Refusal[]> {
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

  return { engine, write, close: async () => closing.abort() };
}

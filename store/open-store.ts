/** Which store a run has: one file in its data folder, or a search engine. */
import { join } from 'node:path';
import { createDuckDbReader } from './duckdb/duckdb-reader';
import { openDuckDbStore } from './duckdb/duckdb-store';
import type { EventStore } from './event-store';
import { isTyped } from './search/engine';
import { DEFAULT_INDEX, TYPE_NAME } from './search/index-template';
import { createSearchReader } from './search/search-reader';
import { openSearchStore, type SearchStoreProps } from './search/search-store';
import type { StoreReader } from './store-reader';

export interface OpenedStore {
  readonly store: EventStore;
  readonly reader: StoreReader;
  /** What the line of a failed event names; an engine without types has none. */
  readonly index: { readonly name: string; readonly type?: string };
  /** Where the events are, for people: `http://127.0.0.1:9200/apache (elasticsearch 7.10.2)`; absent for the data folder's own. */
  readonly place?: string;
}

/**
 * @param search the search engine; undefined: the embedded store, in `folder`.
 * @throws ToolkitError as `openDuckDbStore` and `openSearchStore`.
 */
export async function openStore(folder: string, search: SearchStoreProps | undefined): Promise<OpenedStore> {
  if (search === undefined) {
    const store = await openDuckDbStore(join(folder, 'events.duckdb'));
    return { store, reader: createDuckDbReader(store.query), index: { name: DEFAULT_INDEX } };
  }
  const { client, index } = search;
  const store = await openSearchStore(search);
  const { engine } = store;
  return {
    store,
    reader: createSearchReader(client, engine, index),
    index: isTyped(engine) ? { name: index, type: TYPE_NAME } : { name: index },
    place: `${client.url.href.replace(/\/$/, '')}/${index} (${engine.family} ${engine.version})`,
  };
}

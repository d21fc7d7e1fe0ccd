/** Opens a store of any kind. To add a kind, give it a folder beside this file, a shape in `StoreLocation` and a case in `toAdapter`. */
import { join } from 'node:path';
import { openDuckDbReadOnly } from './duckdb/read-only';
import { openDuckDbStore } from './duckdb/store';
import { openSearchReadOnly, openSearchStore, type SearchStoreProps } from './search/store';
import type { ReadOnlyStore, Store, StoreAdapter } from './store';

export type StoreLocation =
  | { readonly kind: 'duckdb'; readonly folder: string }
  | ({ readonly kind: 'search' } & SearchStoreProps);

/** @throws ToolkitError those of `openDuckDbStore` and `openSearchStore` */
export const openStore = (location: StoreLocation): Promise<Store> => toAdapter(location).open();

/** @throws ToolkitError those of `openDuckDbReadOnly` and `openSearchReadOnly` */
export const openReadOnlyStore = (location: StoreLocation): Promise<ReadOnlyStore> =>
  toAdapter(location).openReadOnly();

function toAdapter(location: StoreLocation): StoreAdapter {
  switch (location.kind) {
    case 'duckdb': {
      const file = join(location.folder, 'events.duckdb');
      return { open: () => openDuckDbStore(file), openReadOnly: () => openDuckDbReadOnly(file) };
    }
    case 'search':
      return { open: () => openSearchStore(location), openReadOnly: () => openSearchReadOnly(location) };
  }
}

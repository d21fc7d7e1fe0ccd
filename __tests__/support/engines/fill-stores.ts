import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { HttpClient } from '../../../core/http-client';
import { type DuckDbStore, openDuckDbStore } from '../../../store/duckdb/store';
import type { Delivery } from '../../../store/event-store';
import { askEngine } from '../../../store/search/engine';
import { openSearchStore } from '../../../store/search/store';

/** Opens an embedded store with these events for the tests of the file. @returns the store, for use in a test or a hook. */
export function useEmbeddedStore(events: () => readonly Delivery[]): () => DuckDbStore {
  let folder: string;
  let store: DuckDbStore;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'panels-'));
    store = await openDuckDbStore(join(folder, 'events.duckdb'));
    expect(await store.write(events())).toEqual([]);
  });
  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  return () => store;
}

/** Writes the events into the index and makes them visible to searches. */
export async function fillIndex(client: HttpClient, index: string, events: readonly Delivery[]): Promise<void> {
  const store = await openSearchStore({ client, index });
  expect(await store.write(events)).toEqual([]);
  await store.close();
  await askEngine(client, { method: 'POST', path: `/${index}/_refresh` }, z.object({}));
}

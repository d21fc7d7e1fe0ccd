/** Where the events are that the books are checked against: a data folder, also one in use, or a search engine. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolkitError } from '../core/errors';
import { createHttpClient, type HttpClient } from '../core/http-client';
import { readPageFile } from '../page/page-file';
import { openDuckDbReadOnly } from '../store/duckdb/duckdb-read-only';
import { createDuckDbRunReader } from '../store/duckdb/duckdb-run-reader';
import type { RunReader } from '../store/run-sums';
import { findEngine } from '../store/search/engine';
import { checkIndex } from '../store/search/prepare-index';
import { createSearchRunReader } from '../store/search/search-run-reader';
import { createRunningReader } from './running-reader';

export interface RunStore {
  readonly reader: RunReader;
  /** For people. */
  readonly place: string;
  /** Whether events may still come: to wait for late ones makes sense. */
  readonly grows: boolean;
  close(): Promise<void>;
}

/**
 * @param folder the `--data` of a run of `local`.
 * @throws ToolkitError STORE_NOT_FOUND, STORE_LOCKED, STORE_UNREADABLE, STORE_FAILED
 */
export async function openFolder(folder: string): Promise<RunStore> {
  const file = join(folder, 'events.duckdb');
  const hasFile = await access(file).then(
    () => true,
    () => false,
  );
  if (!hasFile) return (await findRunning(folder)) ?? Promise.reject(notFound(folder));
  try {
    const { query, close } = await openDuckDbReadOnly(file);
    return { reader: createDuckDbRunReader(query), place: folder, grows: false, close };
  } catch (error) {
    if (!(error instanceof ToolkitError && error.code === 'STORE_LOCKED')) throw error;
    return (await findRunning(folder)) ?? Promise.reject(error);
  }
}

/** The pipeline that works in the folder, if one answers. */
async function findRunning(folder: string): Promise<RunStore | undefined> {
  const url = await readPageFile(folder);
  if (url === undefined) return undefined;
  const reader = createRunningReader(createHttpClient({ url, auth: { mode: 'none' }, timeoutSeconds: 120 }));
  const answers = await reader.readRuns().then(
    () => true,
    (error: unknown) => {
      if (error instanceof ToolkitError && error.code === 'SERVER_UNREACHABLE') return false;
      throw error;
    },
  );
  return answers ? { reader, place: `${folder}, where a run works`, grows: true, close: async () => {} } : undefined;
}

/** @throws ToolkitError as `findEngine`; what its reader throws may also be INDEX_NOT_FOUND or INDEX_MISMATCHED. */
export async function openEngine(client: HttpClient, index: string): Promise<RunStore> {
  const engine = await findEngine(client);
  const reader = createSearchRunReader(client, index);
  const place = `${client.url.href.replace(/\/$/, '')}/${index} (${engine.family} ${engine.version})`;
  const readSums = async (run?: string) => {
    await checkIndex(client, engine, index);
    return reader.readSums(run);
  };
  return { reader: { ...reader, readSums }, place, grows: true, close: async () => {} };
}

function notFound(folder: string): ToolkitError {
  return new ToolkitError(
    'STORE_NOT_FOUND',
    `${folder} holds no events.duckdb, and no run works there.`,
    'Give the folder that `clickstreamy local --data` had; if it delivered to a search engine, give that one’s address.',
  );
}

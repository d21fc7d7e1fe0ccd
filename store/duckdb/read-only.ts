/** The embedded store of a finished run, opened for reading only. */
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { ToolkitError } from '../../core/errors';
import type { ReadOnlyStore } from '../store';
import { eventColumns, notOpened, type Query, toRows } from './database';
import { createDuckDbReader } from './reader';

/** @throws ToolkitError STORE_NOT_FOUND, STORE_LOCKED while a pipeline runs in its folder, STORE_UNREADABLE, STORE_FAILED */
export async function openDuckDbReadOnly(file: string): Promise<ReadOnlyStore> {
  await access(file).catch((cause) => Promise.reject(notFound(file, cause)));
  const scratch = await mkdtemp(join(tmpdir(), 'clickstreamy-read-'));
  const options = { access_mode: 'READ_ONLY', memory_limit: '512MB', temp_directory: scratch };
  const dropScratch = () => rm(scratch, { recursive: true, force: true });
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.create(file, options);
    const opened = instance;
    const connection = await opened.connect();
    const query: Query = async (sql, params = {}) => toRows(await connection.runAndReadAll(sql, params));
    await checkColumns(file, query);
    return {
      ...createDuckDbReader(query),
      place: dirname(file),
      grows: false,
      async close() {
        connection.closeSync();
        opened.closeSync();
        await dropScratch();
      },
    };
  } catch (error) {
    instance?.closeSync();
    await dropScratch();
    throw error instanceof ToolkitError ? error : notOpened(file, error);
  }
}

function notFound(file: string, cause: unknown): ToolkitError {
  return new ToolkitError(
    'STORE_NOT_FOUND',
    `${dirname(file)} holds no ${basename(file)}.`,
    'Give the folder that `clickstreamy local --data` had; if it delivered to a search engine, give the engine’s address.',
    { cause },
  );
}

async function checkColumns(file: string, query: Query): Promise<void> {
  const rows = await query("SELECT column_name AS name FROM duckdb_columns() WHERE table_name = 'events'");
  const have = new Set(rows.map(({ name }) => name));
  const missing = eventColumns.find(({ field }) => !have.has(field));
  if (missing === undefined) return;
  throw new ToolkitError(
    'STORE_UNREADABLE',
    `the store ${file} lacks the field ${missing.field}: it was made by an earlier version or by another program`,
    'Run `clickstreamy local --data` in its folder once: that adds what is missing.',
  );
}

/** The embedded store of a run that is over, to be read and not changed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { ToolkitError } from '../../core/errors';
import { eventColumns, notOpened } from './duckdb-database';
import { type Query, toRows } from './duckdb-rows';

export interface ReadOnlyStore {
  readonly query: Query;
  close(): Promise<void>;
}

/** @throws ToolkitError STORE_LOCKED while a pipeline runs in its folder, STORE_UNREADABLE, STORE_FAILED */
export async function openDuckDbReadOnly(file: string): Promise<ReadOnlyStore> {
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
      query,
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

async function checkColumns(file: string, query: Query): Promise<void> {
  const rows = await query("SELECT column_name AS name FROM duckdb_columns() WHERE table_name = 'events'");
  const have = new Set(rows.map(({ name }) => name));
  const missing = eventColumns.find(({ field }) => !have.has(field));
  if (missing === undefined) return;
  throw new ToolkitError(
    'STORE_UNREADABLE',
    `the store ${file} lacks the field ${missing.field}: it is of an earlier version, or another program’s`,
    'Run `clickstreamy local --data` in its folder once: it adds what is missing.',
  );
}

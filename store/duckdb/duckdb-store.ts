/**
 * The embedded store: one DuckDB file with one table, `events`. Its columns are the click event's fields and two of its own:
 * `_id` (the delivery's) and `time`, which every panel goes by: `@timestamp_utc`, or `@timestamp` taken as UTC where the line has no offset.
 *
 * As in an Elasticsearch with `dynamic: false`, a field that is not known is ignored, `"200"` is a number and 5 a text; what cannot be
 * read as its column's type is refused, and so is a field `_id`. It differs in two things: a list or an object in a text column is kept
 * as its JSON, and a document with one known field twice is refused.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolkitError } from '../../core/errors';
import type { Delivery, EventStore, Refusal } from '../event-store';
import { inOrderOf, siftBatch } from '../sift-batch';
import { type Database, isAboutData, isFatal, notStored, openDatabase } from './duckdb-database';
import { type Query, toRows } from './duckdb-rows';
import { findRefusals } from './find-refusals';
import { type BatchFile, insertBatch, writeBatchFile } from './insert-batch';

export interface DuckDbStore extends EventStore {
  /** Runs beside `write`, on a connection of its own; queries take turns. */
  readonly query: Query;
}

/**
 * Opens the store in `file`, or makes it. Beside it stand `<file>.wal` with what is not yet in the file, and `<file>.tmp/` with the batches
 * in hand and what DuckDB spills. DuckDB keeps to 128 MB of memory, however long the log.
 *
 * @throws ToolkitError STORE_LOCKED if another process has it, STORE_UNREADABLE if it is damaged or no such file, STORE_FAILED if the
 *   disk refuses.
 */
export async function openDuckDbStore(file: string): Promise<DuckDbStore> {
  const scratch = `${file}.tmp`;
  const open = async () => {
    await mkdir(scratch, { recursive: true }).catch((error) => Promise.reject(notStored(file, error)));
    return openDatabase(file, scratch);
  };
  let database: Database | undefined = await open();
  const writeInTurn = inTurn();
  const readInTurn = inTurn();
  const withFile = openFiles(scratch);

  /** Only the insert waits for its turn: the next batch's file is written meanwhile. */
  async function insert(batch: readonly Delivery[], path: string): Promise<readonly Refusal[]> {
    if (batch.length === 0) return [];
    try {
      const batchFile = await writeBatchFile(batch, path);
      const refused = await writeInTurn(() => insertOrRefuse(batchFile));
      return refused.length === 0 ? [] : [...refused, ...(await insert(without(batch, refused), path))];
    } catch (error) {
      throw error instanceof ToolkitError ? error : notStored(file, error);
    }
  }

  /** @returns why nothing of the batch was inserted: it holds these. */
  async function insertOrRefuse(batchFile: BatchFile): Promise<readonly Refusal[]> {
    database ??= await open();
    try {
      await insertBatch(database.writer, batchFile);
      return [];
    } catch (error) {
      if (isFatal(error)) shut();
      if (database === undefined || !isAboutData(error)) throw error;
      const refused = await findRefusals(database.writer, batchFile);
      if (refused.length === 0) throw error;
      return refused;
    }
  }

  function shut(): void {
    database?.close();
    database = undefined;
  }

  return {
    write: async (batch) => {
      const { lines, refused } = siftBatch(batch);
      refused.push(...(await withFile((path) => insert(lines, path))));
      return inOrderOf(batch, refused);
    },
    query: (sql, params = {}) =>
      readInTurn(async () => {
        database ??= await open();
        return toRows(await database.reader.runAndReadAll(sql, params));
      }),
    close: () =>
      writeInTurn(() =>
        readInTurn(async () => {
          // Off the main thread, where closing would do it. If it fails, the WAL still has everything.
          await database?.writer.run('CHECKPOINT').catch(() => {});
          shut();
          await rm(scratch, { recursive: true, force: true });
        }),
      ),
  };
}

function without(batch: readonly Delivery[], refused: readonly Refusal[]): readonly Delivery[] {
  const ids = new Set(refused.map(({ id }) => id));
  return batch.filter(({ id }) => !ids.has(id));
}

/** A file for each batch that is under way, used again for the next. */
function openFiles(folder: string): <T>(work: (path: string) => Promise<T>) => Promise<T> {
  const idle: string[] = [];
  let made = 0;
  return async (work) => {
    const path = idle.pop() ?? join(folder, `batch-${++made}.ndjson`);
    try {
      return await work(path);
    } finally {
      idle.push(path);
    }
  };
}

/** One after the other: a task begins when the one before it has ended, well or not. */
function inTurn(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task);
    last = mine.catch(() => {});
    return mine;
  };
}

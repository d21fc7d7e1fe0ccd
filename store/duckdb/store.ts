/**
 * The embedded store: one DuckDB file with one table, `events`. Its columns are the click event's fields and two more: `_id` (the
 * delivery's) and `time`, by which every panel counts: `@timestamp_utc`, or `@timestamp` read as UTC where the line has no offset.
 *
 * As in an Elasticsearch with `dynamic: false`, an unknown field is ignored, `"200"` is taken as a number and 5 as a text; a value that
 * cannot be read as its column's type is refused, and so is a field `_id`. There are two differences: a list or an object in a text
 * column is kept as its JSON, and a document that has one known field twice is refused.
 */
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ToolkitError } from '../../core/errors';
import type { Delivery, Refusal } from '../event-store';
import { DEFAULT_INDEX } from '../search/index-template';
import { inOrderOf, siftBatch } from '../sift-batch';
import type { Store } from '../store';
import { type Database, isAboutData, isFatal, notStored, openDatabase, type Query, toRows } from './database';
import { findRefusals } from './find-refusals';
import { type BatchFile, insertBatch, writeBatchFile } from './insert-batch';
import { createDuckDbReader } from './reader';

export interface DuckDbStore extends Store {
  /** Runs beside `write`, on a second connection; queries take turns. */
  readonly query: Query;
}

/**
 * Opens the store in `file`, or makes it. Beside the file are `<file>.wal`, with what is not yet in it, and `<file>.tmp/`, with the
 * batches being written and what DuckDB spills. DuckDB keeps to 128 MB of memory, however long the log.
 *
 * @throws ToolkitError STORE_LOCKED if another process has it open, STORE_UNREADABLE if it is damaged or not a store, STORE_FAILED if
 *   the disk refuses.
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

  /** Only the insert waits for its turn: meanwhile the next batch's file is written. */
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

  /** @returns the documents that cannot be stored; if there are any, nothing of the batch was inserted. */
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

  const query: Query = (sql, params = {}) =>
    readInTurn(async () => {
      database ??= await open();
      return toRows(await database.reader.runAndReadAll(sql, params));
    });

  return {
    ...createDuckDbReader(query),
    place: dirname(file),
    index: { name: DEFAULT_INDEX },
    query,
    write: async (batch) => {
      const { lines, refused } = siftBatch(batch);
      refused.push(...(await withFile((path) => insert(lines, path))));
      return inOrderOf(batch, refused);
    },
    close: () =>
      writeInTurn(() =>
        readInTurn(async () => {
          // Closing would write the checkpoint too, but on the main thread. If it fails, the WAL still has everything.
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

/** A file for each batch being written, reused by later ones. */
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

/** Runs tasks one after the other, also after one that failed. */
function inTurn(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task);
    last = mine.catch(() => {});
    return mine;
  };
}

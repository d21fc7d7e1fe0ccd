/** One DuckDB file: how it is opened, its table, its rows as JavaScript values, and what its errors mean. */
import { isNativeError } from 'node:util/types';
import { type DuckDBConnection, DuckDBInstance, type DuckDBResultReader } from '@duckdb/node-api';
import { clickEventFields, type Field } from '../../click/click-event';
import { reasonOf, ToolkitError } from '../../core/errors';

export interface Database {
  readonly writer: DuckDBConnection;
  /** A second connection, so that reading does not hold up writing. */
  readonly reader: DuckDBConnection;
  close(): void;
}

/** The click event's fields as columns; `name` is quoted. */
export const eventColumns = Object.entries<Field>(clickEventFields).map(([field, { type, format }]) => ({
  field,
  name: `"${field}"`,
  type: format === 'date-time' ? 'TIMESTAMP' : { string: 'VARCHAR', integer: 'BIGINT', boolean: 'BOOLEAN' }[type],
}));

const OPTIONS = {
  memory_limit: '128MB',
  // A batch is read by one thread in any case; more threads would only hold more memory.
  threads: '1',
  // A checkpoint compresses the last rows again: at DuckDB's default of 16 MB checkpoints took a third of the time and halved the speed.
  checkpoint_threshold: '128MB',
  autoinstall_known_extensions: 'false',
};

/** @param scratch the folder that DuckDB spills to. */
export async function openDatabase(file: string, scratch: string): Promise<Database> {
  if (file.includes('?')) {
    throw new ToolkitError(
      'STORE_FAILED',
      `the store cannot be ${file}: DuckDB reads what follows a "?" as parameters`,
      'Choose a folder without a "?" with --data.',
    );
  }
  const instance = await DuckDBInstance.create(file, { ...OPTIONS, temp_directory: scratch }).catch((error) => {
    throw notOpened(file, error);
  });
  try {
    const writer = await instance.connect();
    await makeTable(writer);
    const reader = await instance.connect();
    const close = () => {
      reader.closeSync();
      writer.closeSync();
      instance.closeSync();
    };
    return { writer, reader, close };
  } catch (error) {
    instance.closeSync();
    throw notOpened(file, error);
  }
}

async function makeTable(connection: DuckDBConnection): Promise<void> {
  await connection.run('CREATE TABLE IF NOT EXISTS events (_id UUID NOT NULL, time TIMESTAMP)');
  const have = await connection.runAndReadAll("SELECT column_name FROM duckdb_columns() WHERE table_name = 'events'");
  const known = new Set(have.getRowsJS().map(([name]) => `"${name}"`));
  // A store made by an earlier version lacks the fields added since.
  for (const { name, type } of eventColumns) {
    if (!known.has(name)) await connection.run(`ALTER TABLE events ADD COLUMN ${name} ${type}`);
  }
}

/** Integers are numbers where a double holds them exactly; times come as `Date`. */
export type Cell = string | number | bigint | boolean | Date | null;
export type Row = Readonly<Record<string, Cell>>;
/** Reads with SQL. Values are passed in `params` (`$name` in the text), never in the text itself. */
export type Query = (sql: string, params?: Readonly<Record<string, string | number>>) => Promise<readonly Row[]>;

export function toRows(reader: DuckDBResultReader): readonly Row[] {
  return reader
    .getRowObjectsJS()
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toCell(value)])));
}

function toCell(value: unknown): Cell {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  return value as Cell;
}

/** Whether the error is about the data rather than the environment. */
export function isAboutData(error: unknown): boolean {
  return isNativeError(error) && /^(Invalid Input|Conversion) Error:/.test(error.message);
}

/** Whether DuckDB has closed the database, as it does when it cannot write its log: it has to be opened again. */
export function isFatal(error: unknown): boolean {
  return isNativeError(error) && /^FATAL Error:|database has been invalidated/.test(error.message);
}

export function notStored(file: string, error: unknown): ToolkitError {
  return new ToolkitError(
    'STORE_FAILED',
    `the store ${file} could not be used: ${reasonOf(error)}`,
    'Free some space on its disk, or choose another folder with --data; accepted records are kept and stored later.',
    { cause: error },
  );
}

export function notOpened(file: string, error: unknown): ToolkitError {
  const reason = reasonOf(error);
  const holder = /\(PID (\d+)\)/.exec(reason)?.[1];
  if (reason.includes('Could not set lock')) {
    return new ToolkitError(
      'STORE_LOCKED',
      `the store ${file} is in use by another process${holder === undefined ? '' : ` (${holder})`}`,
      'Stop that process, or choose another folder with --data.',
      { cause: error },
    );
  }
  if (/not a valid DuckDB|corrupt|checksum|Serialization Error|newer version|WAL/i.test(reason)) {
    return new ToolkitError(
      'STORE_UNREADABLE',
      `the store ${file} cannot be read: ${reason}`,
      `Move it and ${file}.wal away: the next start makes a new one, which the copy of all records can fill again.`,
      { cause: error },
    );
  }
  return notStored(file, error);
}

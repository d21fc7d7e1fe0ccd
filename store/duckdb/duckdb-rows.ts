/** What DuckDB answers, as JavaScript has it. */
import type { DuckDBResultReader } from '@duckdb/node-api';

/** Integers are numbers where a double holds them exactly; times come as `Date`. */
export type Cell = string | number | bigint | boolean | Date | null;
export type Row = Readonly<Record<string, Cell>>;
/** Reads with SQL. Values ride in `params` (`$name` in the text), never in the text itself. */
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

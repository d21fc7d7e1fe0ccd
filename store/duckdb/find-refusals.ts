/**
 * Finds all documents of a batch that DuckDB cannot store, and why, with one query after an insert has failed: the insert's error names
 * only the first. The casts are those of the insert, so that both agree.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Refusal } from '../event-store';
import { refusal } from '../sift-batch';
import { eventColumns } from './database';
import { type BatchFile, readerOptions } from './insert-batch';

export async function findRefusals(
  connection: DuckDBConnection,
  { batch, pattern, lineBytes }: BatchFile,
): Promise<readonly Refusal[]> {
  const sql = `
    SELECT json->>'/_id' AS id, CASE ${cases.join(' ')} END AS fault
    FROM read_ndjson_objects($pattern, ignore_errors = true, ${readerOptions(lineBytes)})
    WHERE json IS NOT NULL`;
  const rows = (await connection.runAndReadAll(sql, { pattern })).getRowsJS();
  const faults = new Map(rows.map(([id, fault]) => [id, fault]));
  return batch.flatMap(({ id }) => {
    const fault = faults.has(id) ? faults.get(id) : ['not-json', 'The document is not valid JSON.'];
    return Array.isArray(fault) ? [refusal(id, String(fault[0]), String(fault[1]))] : [];
  });
}

const known = ['_id', ...eventColumns.map(({ field }) => field)].map((field) => `'${field}'`).join();
const knownKeys = `list_filter(json_keys(json), lambda key: key IN (${known}))`;

const cases = [
  `WHEN len(${knownKeys}) > len(list_distinct(${knownKeys})) THEN ['field-twice', 'The document has a field twice.']`,
  // Any value can be read as a text.
  ...eventColumns.flatMap(({ field, type }) => {
    const value = `json->'/${field}'`;
    const message = `'The field ${field} cannot be read as ${type}: ' || left((${value})::VARCHAR, 200)`;
    return type === 'VARCHAR'
      ? []
      : [
          `WHEN json_type(${value}) <> 'NULL' AND try_cast(${value} AS ${type}) IS NULL THEN ['wrong-type: ${field}', ${message}]`,
        ];
  }),
];

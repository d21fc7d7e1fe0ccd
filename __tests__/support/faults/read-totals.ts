/** What became of each numbered line, read from the store's own file and from the bucket. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { kindOf } from './numbered-log';

export interface Totals {
  readonly written: number;
  readonly stored: number;
  /** By cause. */
  readonly failed: Readonly<Record<string, number>>;
  /** Blank lines that were accepted. */
  readonly dropped: number;
  /** Lines that are neither stored nor failed. */
  readonly lost: number;
  /** Lines that are stored or failed more than once. */
  readonly doubled: number;
  /** Accepted lines of which the bucket has no copy, or two. */
  readonly copiedOtherwise: number;
  /** Which lines `lost`, `doubled` and `copiedOtherwise` are, for the message of a failure. */
  readonly which: string;
}

/** @param folder the data folder of a pipeline that has ended. */
export async function readTotals(folder: string, written: number): Promise<Totals> {
  const stored = countEach(await readStored(folder));
  const { failures, copied, blank } = readBucket(join(folder, 'bucket'));
  const failed = countEach(failures.map(({ number }) => number));
  const copies = countEach(copied);
  const numbers = Array.from({ length: written }, (_, number) => number).filter((number) => kindOf(number) !== 'blank');
  const doneWith = (number: number) => (stored.get(number) ?? 0) + (failed.get(number) ?? 0);
  const lost = numbers.filter((number) => doneWith(number) === 0);
  const doubled = numbers.filter((number) => doneWith(number) > 1);
  const copiedOtherwise = numbers.filter((number) => copies.get(number) !== 1);
  return {
    written,
    stored: [...stored.values()].reduce((sum, count) => sum + count, 0),
    failed: Object.fromEntries(countEach(failures.map(({ cause }) => cause))),
    dropped: blank,
    lost: lost.length,
    doubled: doubled.length,
    copiedOtherwise: copiedOtherwise.length,
    which: Object.entries({ lost, doubled, copiedOtherwise })
      .filter(([, found]) => found.length > 0)
      .map(([name, found]) => `${name}: from ${found[0]} to ${found.at(-1)}`)
      .join('; '),
  };
}

async function readStored(folder: string): Promise<number[]> {
  const file = join(folder, 'events.duckdb');
  if (!existsSync(file)) return [];
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    const reply = await connection.runAndReadAll(`SELECT CAST(substr(path, 4) AS INTEGER) FROM events`);
    return reply.getRows().map(([number]) => Number(number));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

interface Failure {
  readonly number: number;
  readonly cause: string;
}

function readBucket(bucket: string): { failures: readonly Failure[]; copied: readonly number[]; blank: number } {
  const failures: Failure[] = [];
  const copied: number[] = [];
  let blank = 0;
  const entries = existsSync(bucket) ? readdirSync(bucket, { recursive: true, withFileTypes: true }) : [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    const isFailed = path.slice(bucket.length).includes('-failed/');
    for (const line of lines) {
      if (isFailed) failures.push(toFailure(line));
      else if (line === '') blank += 1;
      else copied.push(numberIn(line));
    }
  }
  return { failures, copied, blank };
}

function toFailure(line: string): Failure {
  const { rawData, errorCode } = JSON.parse(line);
  return { number: numberIn(Buffer.from(rawData, 'base64').toString()), cause: errorCode };
}

function numberIn(line: string): number {
  const number = /\/n\/(\d+)/.exec(line)?.[1];
  if (number === undefined) throw new Error(`Not a numbered line: ${line}`);
  return Number(number);
}

function countEach<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

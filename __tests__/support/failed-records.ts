/** Failed records as AWS and others write them, written by hand; and what the store has after a replay. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');

/** 2026-11-23T07:29:26.250Z */
export const ARRIVAL_MS = 1795418966250;

/** An access line for the page `/<name>/`, as Apache writes it. */
export const accessLine = (name: string) =>
  `203.0.113.5 - - [23/Nov/2026:07:29:26 +0000] "GET /${name}/ HTTP/1.1" 200 512 "-" "Mozilla/5.0"`;

/** The event of such a line, as the function makes it, in the parts that matter here. */
export const event = (name: string) =>
  JSON.stringify({ '@timestamp': '2026-11-23T07:29:26+0000', page: `/${name}/`, response: 200, verb: 'GET' });

/** A record that the transform rejected, in the order of AWS's own capture. */
export const processingFailed = (data: string | Buffer, members: object = {}) =>
  JSON.stringify({
    rawData: base64(data),
    errorCode: 'Lambda.ProcessingFailedStatus',
    errorMessage: 'ProcessingFailed status set for record',
    attemptsMade: 1,
    arrivalTimestamp: ARRIVAL_MS,
    attemptEndingTimestamp: ARRIVAL_MS + 61_279,
    lambdaARN: 'arn:aws:lambda:us-east-1:123456789012:function:etl:$LATEST',
    ...members,
  });

/** An event that the domain refused, in the order of AWS's documents. */
export const deliveryFailed = (document: string | Buffer, members: object = {}) =>
  JSON.stringify({
    attemptsMade: 2,
    arrivalTimestamp: ARRIVAL_MS,
    errorCode: '400',
    errorMessage: 'mapper_parsing_exception',
    attemptEndingTimestamp: ARRIVAL_MS + 300_000,
    esDocumentId: '01a2049e-0000-7000-8000-000000000001',
    esIndexName: 'apache',
    esTypeName: 'clickstream',
    rawData: base64(document),
    ...members,
  });

/** A unique name, as Firehose makes them. @param last distinguishes objects: a digit or two. */
export const objectName = (last: number) =>
  `webserver_stream-1-2026-11-23-07-29-26-6f2a1c3e-9d4b-4c58-8a17-0000000000${String(last).padStart(2, '0')}`;

export const PROCESSING = 'apache_processing-failed/2026/11/23/07/';
export const DELIVERY = 'apache_elasticsearch-failed/2026/11/23/07/';

/** Writes objects into a folder, by key. */
export async function writeObjects(folder: string, objects: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [key, body] of Object.entries(objects)) {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), body);
  }
}

export interface StoredEvent {
  readonly id: string;
  readonly page: string | null;
}

/** All events of an embedded store, by page and id. */
export async function readStored(folder: string): Promise<readonly StoredEvent[]> {
  const instance = await DuckDBInstance.create(join(folder, 'events.duckdb'), { access_mode: 'READ_ONLY' });
  try {
    const connection = await instance.connect();
    const rows = await connection.runAndReadAll('SELECT _id::VARCHAR AS id, page FROM events ORDER BY page, id');
    connection.closeSync();
    return rows.getRowObjectsJS() as unknown as readonly StoredEvent[];
  } finally {
    instance.closeSync();
  }
}

export const pagesOf = (events: readonly StoredEvent[]) => events.map(({ page }) => page);

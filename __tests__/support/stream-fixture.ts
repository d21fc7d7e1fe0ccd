/** What the tests of the stream share: a folder, a store that keeps what it is given, functions to transform with. */
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TransformHandler } from '../../etl/handler';
import { type DeliveryStream, type DeliveryStreamProps, openDeliveryStream } from '../../firehose/delivery-stream';
import { callHandler, type TransformFunction } from '../../firehose/function-call';
import type { Delivery, EventStore, Refusal } from '../../store/event-store';

/** Each test's own, removed after it. */
export function useFolder(): () => string {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'firehose-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

export const asItIs: TransformHandler = async ({ records }) => ({
  records: records.map(({ recordId, data }) => ({ recordId, result: 'Ok', data })),
});

/** A function that runs in the test's own thread. */
export const functionOf =
  (handler: TransformHandler): TransformFunction =>
  (call) =>
    callHandler(handler, call);

export interface KeepingStore extends EventStore {
  readonly documents: Map<string, string>;
}

/** Keeps an id once, as every store must. */
export function keepingStore(refuse: (document: string) => Refusal | undefined = () => undefined): KeepingStore {
  const documents = new Map<string, string>();
  return {
    documents,
    async write(batch: readonly Delivery[]) {
      const refusals: Refusal[] = [];
      for (const { id, document } of batch) {
        const text = Buffer.from(document).toString();
        const refusal = refuse(text);
        if (refusal === undefined) documents.set(id, text);
        else refusals.push({ ...refusal, id });
      }
      return refusals;
    },
    async close() {},
  };
}

export async function openStream(
  folder: string,
  props: Partial<DeliveryStreamProps> & Pick<DeliveryStreamProps, 'store'>,
): Promise<DeliveryStream & { readonly warnings: string[] }> {
  const warnings: string[] = [];
  const stream = await openDeliveryStream({
    name: 'webserver_stream',
    folder,
    prefix: 'apache_',
    bufferBytes: 1024 * 1024,
    bufferSeconds: 60,
    transform: functionOf(asItIs),
    transformRetryMs: 1,
    index: { name: 'apache' },
    warn: (sentence) => warnings.push(sentence),
    ...props,
  });
  return Object.assign(stream, { warnings });
}

export const toRecords = (...lines: readonly string[]): Buffer[] => lines.map((line) => Buffer.from(line));

/** The objects under a prefix of the bucket, by key. */
export async function readObjects(folder: string, prefix: string): Promise<ReadonlyMap<string, string>> {
  const bucket = join(folder, 'bucket');
  const entries = await readdir(bucket, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const keys = paths.map((path) => path.slice(bucket.length + 1)).sort();
  const found = keys.filter((key) => key.startsWith(prefix));
  return new Map(
    await Promise.all(found.map(async (key) => [key, await readFile(join(bucket, key), 'utf8')] as const)),
  );
}

export async function readFailures(folder: string, kind: string): Promise<Record<string, unknown>[]> {
  const objects = await readObjects(folder, `apache_${kind}/`);
  return [...objects.values()].flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line));
}

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { ToolkitError } from '../../core/errors';
import type { DeliveryStream } from '../../firehose/delivery-stream';
import { type Delivery, type EventStore, PartlyWritten } from '../../store/event-store';
import {
  asItIs,
  functionOf,
  type KeepingStore,
  keepingStore,
  openStream,
  readFailures,
  readObjects,
  toRecords,
  useFolder,
} from '../support/stream-fixture';
import { until } from '../support/until';

const folder = useFolder();
const journalFiles = () => readdirSync(join(folder(), 'journal'));
const linesOf = (store: KeepingStore) => [...store.documents.values()].sort();

/** Holds its work until the gate is opened. */
function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

const refusingStore = (why = 'no route to the store'): EventStore => ({
  write: () => Promise.reject(new Error(why)),
  close: async () => {},
});

function expectBalance(stream: DeliveryStream): void {
  const { accepted, recovered, stored, processingFailed, deliveryFailed, dropped } = stream.counts();
  expect(stored + processingFailed + deliveryFailed + dropped + stream.buffered().records).toBe(accepted + recovered);
}

it('stores every record under the id that it answered, and keeps a copy of the bytes in the bucket', async () => {
  const store = keepingStore();
  const stream = await openStream(folder(), { store });

  const ids = await stream.putRecords(toRecords('one\n', 'two\n', 'drei ü\n'));
  await stream.drain();

  expect([...store.documents]).toEqual([
    [ids[0], 'one\n'],
    [ids[1], 'two\n'],
    [ids[2], 'drei ü\n'],
  ]);
  const objects = [...(await readObjects(folder(), ''))];
  expect(objects).toEqual([[expect.stringMatching(KEY), 'one\ntwo\ndrei ü\n']]);
  expect(objects[0]?.[0]).toContain(ids[0]);
  expect(stream.counts()).toMatchObject({ accepted: 3, recovered: 0, stored: 3 });
  expect(stream.buffered()).toEqual({ records: 0, bytes: 0 });
  await stream.close();
  expect(journalFiles()).toEqual([]);
  expect(stream.warnings).toEqual([]);
});

const KEY =
  /^apache_\d{4}\/\d{2}\/\d{2}\/\d{2}\/webserver_stream-1-\d{4}(-\d{2}){5}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

it('delivers a buffer when it is full, and when it is old', async () => {
  const store = keepingStore();
  const full = await openStream(folder(), { store, bufferBytes: 1000 });
  await full.putRecords(toRecords('x'.repeat(1000)));
  await until(() => full.counts().stored === 1, { what: 'delivered when full' });
  await full.close();
  const old = await openStream(folder(), { store, bufferSeconds: 0.02 });
  await old.putRecords(toRecords('y'));
  await until(() => old.counts().stored === 1, { what: 'delivered when old' });
  await old.close();
});

it('keeps a record that the function fails as Firehose does, and its neighbours untouched', async () => {
  const store = keepingStore();
  const transform = functionOf(async (event) => ({
    records: (await asItIs(event)).records.map((record) => {
      const line = Buffer.from(record.data ?? '', 'base64').toString();
      return line === 'bad'
        ? { ...record, result: 'ProcessingFailed' }
        : line === ''
          ? { ...record, result: 'Dropped' }
          : record;
    }),
  }));
  const stream = await openStream(folder(), { store, transform });
  const before = Date.now();

  await stream.putRecords(toRecords('good', 'bad', '', 'good too'));
  await stream.drain();

  expect(linesOf(store)).toEqual(['good', 'good too']);
  const [failure, ...others] = await readFailures(folder(), 'processing-failed');
  expect(others).toEqual([]);
  expect(failure).toEqual({
    rawData: Buffer.from('bad').toString('base64'),
    errorCode: 'Lambda.ProcessingFailedStatus',
    errorMessage: 'ProcessingFailed status set for record',
    attemptsMade: 1,
    arrivalTimestamp: expect.any(Number),
    attemptEndingTimestamp: expect.any(Number),
    lambdaARN: expect.stringMatching(/^arn:aws:lambda:/),
  });
  expect(failure?.['arrivalTimestamp']).toBeGreaterThanOrEqual(before);
  expect(failure?.['attemptEndingTimestamp']).toBeGreaterThanOrEqual(Number(failure?.['arrivalTimestamp']));
  expect(stream.counts()).toMatchObject({ accepted: 4, stored: 2, processingFailed: 1, dropped: 1 });
  await stream.close();
});

it('keeps what the store refuses, with the document as it was transformed', async () => {
  const store = keepingStore((text) =>
    text.includes('bad') ? { id: '', code: '400', reason: 'mapping', message: 'mapping' } : undefined,
  );
  const transform = functionOf(async ({ records }) => ({
    records: records.map(({ recordId, data }) => {
      const line = Buffer.from(data, 'base64').toString();
      return { recordId, result: 'Ok', data: Buffer.from(`{"line":"${line}"}`).toString('base64') };
    }),
  }));
  const stream = await openStream(folder(), { store, transform });

  const ids = await stream.putRecords(toRecords('good', 'bad'));
  await stream.drain();

  expect(linesOf(store)).toEqual(['{"line":"good"}']);
  expect(await readFailures(folder(), 'elasticsearch-failed')).toEqual([
    {
      attemptsMade: 1,
      arrivalTimestamp: expect.any(Number),
      errorCode: '400',
      errorMessage: 'mapping',
      attemptEndingTimestamp: expect.any(Number),
      esDocumentId: ids[1],
      esIndexName: 'apache',
      rawData: Buffer.from('{"line":"bad"}').toString('base64'),
    },
  ]);
  expect(stream.counts()).toMatchObject({ accepted: 2, stored: 1, deliveryFailed: 1 });
  await stream.close();
});

it('retries a store that is out of reach, and loses nothing when it is back', async () => {
  const kept = keepingStore();
  let failures = 2;
  const store: EventStore = {
    ...kept,
    write: (batch) => (failures-- > 0 ? Promise.reject(new Error('out of reach')) : kept.write(batch)),
  };
  const stream = await openStream(folder(), { store });

  await stream.putRecords(toRecords('one', 'two'));
  await stream.drain();

  expect(linesOf(kept)).toEqual(['one', 'two']);
  expect(stream.counts()).toMatchObject({ stored: 2, deliveryFailed: 0 });
  expect(stream.warnings).toEqual([expect.stringContaining('out of reach')]);
  await stream.close();
});

it('writes only what waits again, where the store has taken a part', async () => {
  const kept = keepingStore();
  const seen: number[] = [];
  const store: EventStore = {
    ...kept,
    write: async (batch) => {
      seen.push(batch.length);
      const [first, ...rest] = batch;
      if (first === undefined || rest.length === 0) return kept.write(batch);
      await kept.write([first]);
      throw new PartlyWritten(new ToolkitError('BUSY', 'the queue is full', 'Wait.'), rest, []);
    },
  };
  const stream = await openStream(folder(), { store });

  await stream.putRecords(toRecords('one', 'two', 'three'));
  await stream.drain();

  expect(seen).toEqual([3, 2, 1]);
  expect([...kept.documents.values()]).toEqual(['one', 'two', 'three']);
  expect(stream.counts()).toMatchObject({ stored: 3, deliveryFailed: 0 });
  await stream.close();
});

it('gives up only what waits, where the store has taken and refused a part', async () => {
  const store: EventStore = {
    ...keepingStore(),
    write: async (batch) => {
      const refused = batch.length === 3 ? batch.slice(1, 2) : [];
      const refusals = refused.map(({ id }) => ({ id, code: '400', reason: 'mapping', message: 'mapping' }));
      throw new PartlyWritten(new ToolkitError('BLOCKED', 'read-only', 'Correct it.'), batch.slice(-1), refusals);
    },
  };
  const index = { name: 'shop', type: 'clickstream' };
  const stream = await openStream(folder(), { store, index, retrySeconds: 0.2 });

  const ids = await stream.putRecords(toRecords('stored', 'bad', 'late'));
  await stream.drain();

  const failures = await readFailures(folder(), 'elasticsearch-failed');
  expect(failures).toMatchObject([
    { esDocumentId: ids[1], errorCode: '400', esIndexName: 'shop', esTypeName: 'clickstream' },
    { esDocumentId: ids[2], errorCode: '503', errorMessage: 'read-only' },
  ]);
  expect(stream.counts()).toMatchObject({ stored: 1, deliveryFailed: 2 });
  expect(stream.reasons()).toEqual({ mapping: 1, 'store-unavailable': 1 });
  await stream.close();
});

it('gives a store up after the retry duration, with every document in the bucket', async () => {
  const stream = await openStream(folder(), { store: refusingStore(), retrySeconds: 0.2 });

  const ids = await stream.putRecords(toRecords('one', 'two'));
  await stream.drain();

  const failures = await readFailures(folder(), 'elasticsearch-failed');
  expect(failures.map((line) => [line['esDocumentId'], line['errorCode'], line['errorMessage']])).toEqual(
    ids.map((id) => [id, '503', 'no route to the store']),
  );
  expect(Number(failures[0]?.['attemptsMade'])).toBeGreaterThan(1);
  expect(stream.counts()).toMatchObject({ stored: 0, deliveryFailed: 2 });
  expect(journalFiles()).toEqual([]);
  await stream.close();
});

it('closes while the store is out of reach without calling anything failed: the next run stores it under the same ids', async () => {
  const first = await openStream(folder(), { store: refusingStore() });
  const ids = await first.putRecords(toRecords('one', 'two'));
  await first.close();
  expect(first.buffered().records).toBe(2);
  expect(first.warnings.at(-1)).toBe('2 accepted records stay in the journal; the next run delivers them.');
  expectBalance(first);

  const store = keepingStore();
  const second = await openStream(folder(), { store });
  await second.drain();

  expect([...store.documents.keys()]).toEqual(ids);
  expect(second.counts()).toEqual({
    accepted: 0,
    recovered: 2,
    damagedBytes: 0,
    stored: 2,
    processingFailed: 0,
    deliveryFailed: 0,
    dropped: 0,
  });
  expect([...(await readObjects(folder(), '')).values()]).toEqual(['onetwo']);
  await second.close();
});

it('delivers what was accepted together with the request to close, and accepts nothing afterwards', async () => {
  const store = keepingStore();
  const stream = await openStream(folder(), { store });

  const put = stream.putRecords(toRecords('last'));
  await Promise.all([stream.close(), stream.close()]);

  await expect(put).resolves.toHaveLength(1);
  expect(linesOf(store)).toEqual(['last']);
  await expect(stream.putRecords(toRecords('late'))).rejects.toMatchObject({ code: 'STREAM_CLOSED' });
});

it('makes senders wait while too much waits for delivery, turns away those without patience, and goes on', async () => {
  const kept = keepingStore();
  const { opened, open } = gate();
  const store: EventStore = {
    ...kept,
    write: async (batch) => {
      await opened;
      return kept.write(batch);
    },
  };
  const stream = await openStream(folder(), { store, bufferBytes: 100_000 });
  const megabyte = [Buffer.alloc(1_000_000, 'x')];
  let answered = 0;
  const puts = Array.from({ length: 20 }, async () => {
    await stream.putRecords(megabyte);
    answered++;
  });
  await until(() => answered >= 7, { what: 'the first are in' });

  await expect(stream.putRecords(megabyte, { patienceSeconds: 0.02 })).rejects.toMatchObject({ code: 'STREAM_BUSY' });
  expect(answered).toBe(7);
  expect(stream.buffered().bytes).toBeLessThan(7_100_000);

  open();
  await Promise.all(puts);
  await stream.drain();
  expect(stream.counts()).toMatchObject({ accepted: 20, stored: 20 });
  await stream.close();
});

it('turns away those who wait when it closes', async () => {
  const stream = await openStream(folder(), { store: refusingStore(), bufferBytes: 1000 });
  const big = [Buffer.alloc(7_000_000)];
  await stream.putRecords(big);

  const waiting = expect(stream.putRecords(big)).rejects.toMatchObject({ code: 'STREAM_CLOSED' });
  await stream.close();

  await waiting;
  expect(stream.counts().accepted).toBe(1);
});

it('holds a buffer back until its copy can be written, and says so once', async () => {
  const store = keepingStore();
  const stream = await openStream(folder(), { store });
  const bucket = join(folder(), 'bucket');
  await rm(bucket, { recursive: true });
  writeFileSync(bucket, 'in the way');

  await stream.putRecords(toRecords('one'));
  const drained = stream.drain();
  await until(() => stream.warnings.length > 0, { what: 'warned' });
  expect(stream.counts().stored).toBe(0);
  expectBalance(stream);
  await rm(bucket);
  await drained;

  expect([...(await readObjects(folder(), '')).values()]).toEqual(['one']);
  expect(stream.warnings).toHaveLength(1);
  await stream.close();
});

it('writes the same objects again when a buffer is delivered again after a crash', async () => {
  const refuse = (text: string) =>
    text === 'refused' ? { id: '', code: '400', reason: 'm', message: 'm' } : undefined;
  const transform = functionOf(async (event) => ({
    records: (await asItIs(event)).records.map((record) =>
      record.data === Buffer.from('failed').toString('base64')
        ? { ...record, result: 'ProcessingFailed' as const }
        : record,
    ),
  }));
  // All is delivered, and then the journal has it still: as if the process had ended in between.
  const earlier = keepingStore(refuse);
  const first = await openStream(folder(), { store: earlier, transform });
  await first.putRecords(toRecords('good', 'failed', 'refused'));
  const path = join(folder(), 'journal', '000000000001.journal');
  const segment = readFileSync(path);
  await first.close();
  const before = await readObjects(folder(), '');
  writeFileSync(path, segment);

  const store = keepingStore(refuse);
  const second = await openStream(folder(), { store, transform });
  await second.drain();
  await second.close();

  const after = await readObjects(folder(), '');
  expect([...after.keys()]).toEqual([...before.keys()]);
  expect(after.size).toBe(3);
  expect([...store.documents]).toEqual([...earlier.documents]);
  expect(second.counts()).toMatchObject({ recovered: 3, stored: 1, processingFailed: 1, deliveryFailed: 1 });
});

it('refuses a data folder that another stream holds, and one that cannot be used', async () => {
  const store = keepingStore();
  const stream = await openStream(folder(), { store });

  await expect(openStream(folder(), { store })).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' });
  await stream.close();
  writeFileSync(join(folder(), 'file'), '');
  await expect(openStream(join(folder(), 'file'), { store })).rejects.toMatchObject({
    code: 'DATA_FOLDER_UNUSABLE',
    message: expect.stringContaining('it is a file'),
  });
});

it('accounts for every record at any time, whatever function and store do', async () => {
  const fate = fc.constantFrom('Ok', 'Dropped', 'ProcessingFailed', 'Other', 'Missing', 'Refused');
  let run = 0;

  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fate, { minLength: 1, maxLength: 8 }), { maxLength: 12 }), async (batches) => {
      const place = join(folder(), String(run++));
      const store = keepingStore((text) =>
        text === 'Refused' ? { id: '', code: '400', reason: 'm', message: 'm' } : undefined,
      );
      let writes = 0;
      const flaky: EventStore = {
        close: async () => {},
        write: async (batch: readonly Delivery[]) => {
          const refusals = await store.write(batch);
          // Stored, but the answer is lost: as a time-out is.
          if (writes++ % 3 === 1) throw new Error('lost');
          return refusals;
        },
      };
      const transform = functionOf(async ({ records }) => ({
        records: records.flatMap(({ recordId, data }) => {
          const text = Buffer.from(data, 'base64').toString();
          const result = (text === 'Refused' ? 'Ok' : text) as 'Ok';
          return text === 'Missing' ? [] : [{ recordId, result, data }];
        }),
      }));
      const stream = await openStream(place, { store: flaky, transform, bufferBytes: 150, retrySeconds: 0 });

      await Promise.all(
        batches.map(async (lines) => {
          await stream.putRecords(toRecords(...lines));
          expectBalance(stream);
        }),
      );
      await stream.drain();

      expectBalance(stream);
      const { accepted, dropped, processingFailed, stored, deliveryFailed } = stream.counts();
      const fates = batches.flat();
      const count = (...names: readonly string[]) => fates.filter((name) => names.includes(name)).length;
      expect(accepted).toBe(fates.length);
      expect(dropped).toBe(count('Dropped'));
      expect(processingFailed).toBe(count('ProcessingFailed', 'Other', 'Missing'));
      expect(stored + deliveryFailed).toBe(count('Ok', 'Refused'));
      expect(stream.buffered()).toEqual({ records: 0, bytes: 0 });
      const lines = await readFailures(place, 'elasticsearch-failed');
      expect(lines).toHaveLength(deliveryFailed);
      expect(await readFailures(place, 'processing-failed')).toHaveLength(processingFailed);
      await stream.close();
    }),
    { numRuns: 20 },
  );
});

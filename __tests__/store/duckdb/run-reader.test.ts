import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createDuckDbRunReader } from '../../../store/duckdb/run-reader';
import { type DuckDbStore, openDuckDbStore } from '../../../store/duckdb/store';
import { aRun, type MadeClick, totalsOf } from '../../support/run-ledger';

let folder: string;
let store: DuckDbStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-reader-'));
  store = await openDuckDbStore(join(folder, 'events.duckdb'));
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

async function write(run: string, clicks: readonly Partial<MadeClick>[]): Promise<void> {
  const batch = clicks.map(({ requestId, session, status, page, action, outcome, user, minute }) => {
    const time = minute?.replace('Z', ':30Z');
    const event = { request_id: requestId, session, response: status, page, action, outcome, username: user };
    const document = JSON.stringify({ ...event, run, '@timestamp': time, '@timestamp_utc': time });
    return { id: randomUUID(), document: Buffer.from(document) };
  });
  await store.write(batch);
}

it('has the totals of counting the clicks one by one, with copies and clicks without an id', async () => {
  const reader = createDuckDbRunReader(store.query);
  const aStoredRun = aRun.chain((clicks) =>
    fc.tuple(fc.constant(clicks), fc.array(fc.constantFrom(...clicks), { maxLength: 20 }), fc.nat(3)),
  );
  await fc.assert(
    fc.asyncProperty(aStoredRun, async ([clicks, copies, nameless]) => {
      const run = randomUUID();
      const stored = [...clicks, ...copies, ...clicks.slice(0, nameless).map(({ requestId: _, ...rest }) => rest)];
      await write(run, stored);
      await write(randomUUID(), clicks);

      const { duplicates, ...totals } = await reader.readRunTotals(run);

      const { duplicates: _, ...expected } = totalsOf(stored);
      expect(totals).toEqual(expected);
      expect(duplicates).toHaveLength(Math.min(3, new Set(copies).size));
      expect(copies.map(({ requestId }) => requestId)).toEqual(expect.arrayContaining(duplicates));
    }),
    { numRuns: 25 },
  );
});

it('finds a few events of a value, the latest first, whatever the value is', async () => {
  const reader = createDuckDbRunReader(store.query);
  const page = `/'; DROP TABLE events; --/`;
  const minutes = [3, 1, 4, 5].map((minute) => `2026-11-24T10:0${minute}Z`);
  await write(
    'hostile',
    minutes.map((minute, at) => ({ requestId: `r${at}`, minute, page, status: 200 })),
  );

  const found = await reader.readExamples({ run: 'hostile', by: 'page', key: page });

  expect(found.map(({ requestId, time }) => [requestId, time])).toEqual([
    ['r3', '2026-11-24T10:05:30.000Z'],
    ['r2', '2026-11-24T10:04:30.000Z'],
    ['r0', '2026-11-24T10:03:30.000Z'],
  ]);
});

import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient } from '../../core/http-client';
import { openReadOnlyStore, openStore } from '../../store/open-store';
import { delivery, EVENT } from '../support/event-store-contract';

describe('the embedded store in a data folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'open-store-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('answers every question, while it is written to and when it is only read', async () => {
    const store = await openStore({ kind: 'duckdb', folder });
    await store.write([delivery({ ...EVENT, run: 'r7' }), delivery({ ...EVENT, response: 500 })]);
    const [totals, extent, runs] = [await store.readTotals(), await store.readExtent(), await store.readRuns()];
    await store.close();

    const readOnly = await openReadOnlyStore({ kind: 'duckdb', folder });
    const later = [await readOnly.readTotals(), await readOnly.readExtent(), await readOnly.readRuns()];
    const { stored } = await readOnly.readRunTotals('r7');
    await readOnly.close();

    const time = Date.parse(EVENT['@timestamp_utc']);
    expect(totals).toEqual({ byStatus: { 200: 1, 500: 1 }, pageViews: 2, signUps: 0, signIns: 0, users: 0 });
    expect(extent).toEqual({ events: 2, first: time, last: time });
    expect(runs).toEqual(['r7']);
    expect(later).toEqual([totals, extent, runs]);
    expect(stored).toBe(1);
    expect([store.place, store.index, readOnly.place, readOnly.grows]).toEqual([
      folder,
      { name: 'apache' },
      folder,
      false,
    ]);
  });

  it('is not made by reading', async () => {
    await expect(openReadOnlyStore({ kind: 'duckdb', folder })).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('the store in a search engine', () => {
  it.each([
    ['6.8.23', { name: 'clicks', type: 'clickstream' }, '_template'],
    ['7.7.1', { name: 'clicks' }, '_template'],
    ['7.8.0', { name: 'clicks' }, '_index_template'],
    ['8.0.0', { name: 'clicks' }, '_index_template'],
  ])('of version %s is prepared for writing, and left alone for reading', async (number, index, kind) => {
    const seen: string[] = [];
    const server = createServer(({ method, url }, response) => {
      seen.push(`${method} ${url}`);
      const root = { version: { number } };
      response.end(JSON.stringify(url === '/' ? root : method === 'PUT' ? { acknowledged: true } : {}));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const location = {
      kind: 'search',
      client: createHttpClient({ url, auth: { mode: 'none' } }),
      index: 'clicks',
    } as const;

    const readOnly = await openReadOnlyStore(location);
    const asked = seen.splice(0);
    const store = await openStore(location);
    server.closeAllConnections();
    server.close();

    expect(asked).toEqual(['GET /']);
    expect(seen).toContain(`PUT /${kind}/clickstreamy-clicks`);
    expect(seen.at(-2)).toBe('PUT /clicks');
    expect(readOnly.grows).toBe(true);
    expect(store.index).toEqual(index);
    for (const { place } of [readOnly, store]) expect(place).toBe(`${url.origin}/clicks (elasticsearch ${number})`);
  });
});

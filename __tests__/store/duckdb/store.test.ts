import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clickEventFields } from '../../../click/click-event';
import { builtFile } from '../../../core/package-root';
import { createDuckDbReader } from '../../../store/duckdb/reader';
import { openDuckDbStore } from '../../../store/duckdb/store';
import { delivery, describeEventStore, EVENT, idAt } from '../../support/event-store-contract';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describeEventStore('DuckDB', async () => {
  const store = await openDuckDbStore(join(folder, 'events.duckdb'));
  const stored = async (field: string) => {
    const rows = await store.query(
      `SELECT _id::VARCHAR AS id, "${field}" AS value FROM events WHERE value IS NOT NULL`,
    );
    return Object.fromEntries(rows.map(({ id, value }) => [String(id), value]));
  };
  return { store, stored };
});

describe('the DuckDB store', () => {
  const open = (name = 'events.duckdb') => openDuckDbStore(join(folder, name));

  it('has a column for each field of the click event, and keeps its value', async () => {
    const store = await open();
    const event = Object.fromEntries(Object.entries(clickEventFields).map(([name, { example }]) => [name, example]));

    await store.write([delivery(event)]);
    const [row] = await store.query('SELECT * FROM events');

    const at = new Date('2026-10-10T03:55:36Z');
    expect(row).toEqual({ ...event, '@timestamp_utc': at, time: at, _id: expect.anything() });
    await store.close();
  });

  it('reads the server’s local time as UTC if a line has no offset', async () => {
    const store = await open();

    await store.write([delivery({ '@timestamp': '2026-10-10T13:55:36' }), delivery({ '@timestamp': 'once' })]);

    expect(await store.query('SELECT epoch_ms(time) AS ms FROM events ORDER BY ms')).toEqual([
      { ms: Date.parse('2026-10-10T13:55:36Z') },
      { ms: null },
    ]);
    await store.close();
  });

  it('keeps events and ids after it was closed', async () => {
    const event = delivery(EVENT);
    const first = await open();
    await first.write([event]);
    await first.close();

    const second = await open();
    await second.write([event, delivery(EVENT)]);

    expect(await second.query('SELECT count(*) AS events FROM events')).toEqual([{ events: 2 }]);
    await second.close();
    expect(await readdir(folder)).toEqual(['events.duckdb']);
  });

  it('has what it reported as stored after its process was killed', async () => {
    const file = join(folder, 'events.duckdb');
    const script = `require(${JSON.stringify(builtFile('store', 'duckdb', 'store.js'))}).openDuckDbStore(${JSON.stringify(file)})
      .then((store) => store.write([{ id: '${idAt(Date.now())}', document: Buffer.from('{"page":"/kept/"}') }]))
      .then(() => process.kill(process.pid, 'SIGKILL'))`;
    await once(spawn(process.execPath, ['-e', script], { stdio: 'inherit' }), 'exit');

    const store = await open();

    expect(await store.query('SELECT page FROM events')).toEqual([{ page: '/kept/' }]);
    await store.close();
  });

  it('names the process that has the file open', async () => {
    const file = join(folder, 'events.duckdb');
    const script = `require(${JSON.stringify(builtFile('store', 'duckdb', 'store.js'))}).openDuckDbStore(${JSON.stringify(file)})
      .then(() => console.log('open')); setInterval(() => {}, 1000)`;
    const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');

    const opened = open();

    await expect(opened).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringContaining(`(${holder.pid})`),
    });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  });

  it('reports a file that is not a store, and leaves it unchanged', async () => {
    await writeFile(join(folder, 'events.duckdb'), 'not a database '.repeat(1000));

    await expect(open()).rejects.toMatchObject({ code: 'STORE_UNREADABLE', message: expect.stringContaining(folder) });
    expect(existsSync(join(folder, 'events.duckdb'))).toBe(true);
  });

  it('says why it cannot create the file', async () => {
    await writeFile(join(folder, 'file'), '');

    await expect(open(join('file', 'events.duckdb'))).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('part of its path is not a folder'),
    });
  });

  it('fails while its folder is missing, and continues when it is back', async () => {
    const store = await open();
    const event = delivery(EVENT);
    await rm(join(folder, 'events.duckdb.tmp'), { recursive: true });

    await expect(store.write([event])).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await mkdir(join(folder, 'events.duckdb.tmp'));
    await store.write([event]);

    expect(await store.query('SELECT count(*) AS events FROM events')).toEqual([{ events: 1 }]);
    await store.close();
  });

  it.each(['a*b', '[ab]', 'it’s "quoted"', "o'clock", 'year=2026', 'events.gz'])(
    'works in a folder named %s',
    async (name) => {
      await mkdir(join(folder, name));
      await mkdir(join(folder, 'axb'));
      const store = await open(join(name, 'events.duckdb'));

      await store.write([delivery({ ...EVENT, page: '/a/' })]);

      expect(await store.query('SELECT page FROM events')).toEqual([{ page: '/a/' }]);
      await store.close();
    },
  );

  it('reports that DuckDB cannot work in a folder with a question mark', async () => {
    await expect(open(join('a?b', 'events.duckdb'))).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });

  it('adds the fields that a store of an earlier version lacks', async () => {
    const first = await open();
    await first.write([delivery({ ...EVENT, page: '/a/' })]);
    await first.query('ALTER TABLE events DROP COLUMN duration_us');
    await first.close();

    const second = await open();
    await second.write([delivery({ ...EVENT, page: '/b/', duration_us: 7 })]);

    expect(await second.query('SELECT page, duration_us FROM events ORDER BY page')).toEqual([
      { page: '/a/', duration_us: null },
      { page: '/b/', duration_us: 7 },
    ]);
    await second.close();
  });

  it('counts the totals that the AWS workshop checks', async () => {
    const store = await open();
    const post = (action: string, outcome: string, username?: string) => ({
      ...EVENT,
      response: 303,
      action,
      outcome,
      username,
    });
    await store.write(
      [
        EVENT,
        { ...EVENT, response: 500, username: 'ada' },
        { ...EVENT, action: 'asset' },
        post('sign_up', 'success', 'ada'),
        { ...post('sign_up', 'failure'), response: 200 },
        post('sign_in', 'success', 'bob'),
        post('sign_in', 'success', 'bob'),
        { ...post('sign_in', 'failure'), response: 403 },
      ].map((event) => delivery(event)),
    );

    expect(await createDuckDbReader(store.query).readTotals()).toEqual({
      byStatus: { 200: 3, 303: 3, 403: 1, 500: 1 },
      pageViews: 2,
      signUps: 1,
      signIns: 2,
      users: 2,
    });
    await store.close();
  });
});

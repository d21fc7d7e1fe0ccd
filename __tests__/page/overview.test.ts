import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOverview, toSpan } from '../../page/overview';
import type { Overview, TimeRange } from '../../page/overview-reply';
import { createDuckDbReader } from '../../store/duckdb/reader';
import { type DuckDbStore, openDuckDbStore } from '../../store/duckdb/store';
import { delivery, EVENT } from '../support/event-store-contract';

const NOW = Date.parse('2026-10-10T12:00:00Z');
const MINUTE = 60_000;

let folder: string;
let store: DuckDbStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overview-'));
  store = await openDuckDbStore(join(folder, 'events.duckdb'));
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const at = (ms: number) => ({ '@timestamp_utc': new Date(ms).toISOString() });

async function panel(id: string, range: TimeRange = 15) {
  return rowsOf(await readOverview(createDuckDbReader(store.query), range, NOW), id);
}

const rowsOf = ({ dashboards }: Pick<Overview, 'dashboards'>, id: string) =>
  dashboards.flatMap(({ panels }) => panels).find((each) => each.id === id)?.rows;

describe('the overview', () => {
  it('counts responses of 500 and 200 in the buckets they fall in', async () => {
    const early = NOW - 14 * MINUTE;
    const late = NOW - 30_000;
    const answers = [
      { ...EVENT, ...at(early), response: 200 },
      { ...EVENT, ...at(early + 9000), response: 200 },
      { ...EVENT, ...at(early + 9000), response: 500 },
      { ...EVENT, ...at(late), response: 500 },
      { ...EVENT, ...at(late), response: 303 },
      { ...EVENT, ...at(late), response: 503 },
    ];

    await store.write(answers.map((event) => delivery(event)));

    expect(await panel('answers')).toEqual(
      expect.arrayContaining([
        { t: early, ok: 2, error: 1, other: 0 },
        { t: late, ok: 0, error: 1, other: 2 },
      ]),
    );
    expect(await panel('statuses')).toEqual([
      { label: '200', events: 2 },
      { label: '500', events: 2 },
      { label: '303', events: 1 },
      { label: '503', events: 1 },
    ]);
    expect((await panel('rate'))?.find(({ t }) => t === early)).toEqual({ t: early, rate: 0.3 });
  });

  it('tells what succeeded from what failed, and people from bots', async () => {
    const then = NOW - MINUTE;
    const post = (action: string, outcome: string) => ({ ...EVENT, ...at(then), action, outcome });
    const events = [
      { ...EVENT, ...at(then), page: '/a/', username: 'ada' },
      { ...EVENT, ...at(then), page: '/a/', username: 'ada' },
      { ...EVENT, ...at(then), page: '/b/', username: 'bob', is_bot: true, response: 502 },
      post('sign_up', 'success'),
      post('sign_up', 'failure'),
      post('sign_up', 'failure'),
      post('sign_in', 'success'),
    ];

    await store.write(events.map((event) => delivery(event)));

    expect(await panel('figures')).toEqual([{ requests: 7, errors: 1, views: 3, signups: 1, signins: 1 }]);
    expect(await panel('visitors')).toEqual([{ visitors: 0, sessions: 0, users: 2 }]);
    expect(await panel('views')).toEqual([{ t: then, people: 2, bots: 1 }]);
    expect(await panel('signups')).toEqual([{ t: then, success: 1, failure: 2 }]);
    expect(await panel('signins')).toEqual([{ t: then, success: 1, failure: 0 }]);
    expect(await panel('bots')).toEqual([
      { label: 'false', events: 6 },
      { label: 'true', events: 1 },
    ]);
    expect(await panel('users')).toEqual([
      { label: 'ada', events: 2 },
      { label: 'bob', events: 1 },
    ]);
    expect(await panel('pages')).toEqual([
      { label: '/a/', events: 2 },
      { label: '/b/', events: 1 },
    ]);
  });

  it('shows the latest events first, and cuts long values', async () => {
    const events = [
      { ...EVENT, ...at(NOW - 2000), request: 'GET /old HTTP/1.1', username: 'ada', browser: 'Firefox' },
      { ...EVENT, ...at(NOW - 1000), request: `GET /${'x'.repeat(100_000)} HTTP/1.1` },
    ];

    await store.write(events.map((event) => delivery(event)));
    const rows = await panel('events');

    expect(rows).toMatchObject([
      { t: NOW - 1000, request: `GET /${'x'.repeat(295)}`, username: null, browser: null },
      {
        t: NOW - 2000,
        request: 'GET /old HTTP/1.1',
        username: 'ada',
        response: 200,
        action: 'page_view',
        is_bot: false,
      },
    ]);
  });

  it('leaves out events outside the range, and covers an old log as a whole', async () => {
    const first = Date.parse('2015-05-17T10:05:03Z');
    const last = Date.parse('2015-05-20T21:05:15Z');

    await store.write([first, last].map((ms) => delivery({ ...EVENT, ...at(ms) })));
    const recent = await readOverview(createDuckDbReader(store.query), 60, NOW);
    const all = await readOverview(createDuckDbReader(store.query), 'all', NOW);

    expect(recent.extent).toEqual({ events: 2, first, last });
    expect(rowsOf(recent, 'figures')).toMatchObject([{ requests: 0 }]);
    expect(all.span).toEqual({
      from: Date.parse('2015-05-17T10:00:00Z'),
      to: last + 1000,
      bucketMs: 3_600_000,
      live: false,
    });
    expect(rowsOf(all, 'figures')).toMatchObject([{ requests: 2 }]);
  });

  it('fills every row of the grid', async () => {
    const { dashboards } = await readOverview(createDuckDbReader(store.query), 'all', NOW);

    for (const { panels } of dashboards) {
      let filled = 0;
      for (const { columns } of panels) {
        expect(columns).toBeGreaterThan(0);
        expect((filled % 12) + columns).toBeLessThanOrEqual(12);
        filled += columns;
      }
      expect(filled % 12).toBe(0);
    }
  });

  it('has every panel when nothing is stored', async () => {
    const overview = await readOverview(createDuckDbReader(store.query), 'all', NOW);

    expect(overview.extent).toEqual({ events: 0 });
    expect(rowsOf(overview, 'figures')).toMatchObject([{ requests: 0, signins: 0 }]);
    expect(rowsOf(overview, 'visitors')).toMatchObject([{ users: 0 }]);
    expect(rowsOf(overview, 'events')).toEqual([]);
  });
});

describe('the span', () => {
  it.each([
    [5, 5000],
    [15, 10_000],
    [60, MINUTE],
  ])('of %i minutes has at most 90 columns and ends now', (minutes, bucketMs) => {
    expect(toSpan(minutes, { events: 0 }, NOW)).toEqual({
      from: NOW - minutes * MINUTE,
      to: NOW,
      bucketMs,
      live: true,
    });
  });

  it.each([
    ['one moment', 0, 1000],
    ['a year', 365 * 86_400_000, 7 * 86_400_000],
    ['9999 years', 9999 * 365 * 86_400_000, undefined],
  ])('of everything stored has at most 91 columns: %s', (_, length, bucketMs) => {
    const { from, to, bucketMs: chosen } = toSpan('all', { events: 2, first: NOW - length, last: NOW }, NOW);

    expect(from).toBeLessThanOrEqual(NOW - length);
    expect(to).toBeGreaterThan(NOW);
    expect((to - from) / chosen).toBeLessThanOrEqual(91);
    if (bucketMs !== undefined) expect(chosen).toBe(bucketMs);
  });
});

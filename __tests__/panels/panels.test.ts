import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clickEventFields } from '../../click/click-event';
import { dashboards, panels } from '../../panels/dashboards';
import { type CountPanel, type DataPanel, faultOf, type PanelRange, type PanelRow } from '../../panels/panel';
import { type DuckDbStore, openDuckDbStore } from '../../store/duckdb/store';
import { toSql } from '../../store/duckdb/to-sql';
import { readSearch, toSearch } from '../../store/search/to-search';
import { delivery, EVENT } from '../support/event-store-contract';

const T = Date.parse('2026-10-10T12:00:00Z');
const RANGE: PanelRange = { from: T, to: T + 120_000, bucketMs: 60_000 };

const panelOf = (id: string) => {
  const panel = panels.find((each) => each.id === id);
  if (panel === undefined) throw new Error(`no panel ${id}`);
  return panel;
};

describe('the definition', () => {
  it('gives every panel an id that is unique over all dashboards', () => {
    const ids = dashboards.flatMap((dashboard) => [dashboard.id, ...dashboard.panels.map(({ id }) => id)]);

    expect(new Set(ids).size).toBe(ids.length);
  });

  it('names each column of a row once', () => {
    for (const panel of panels) {
      const columns =
        panel.kind === 'events'
          ? panel.fields
          : [
              ...panel.by.map((split) => (split.by === 'field' ? split.column : split.by)),
              ...panel.figures.map(({ column }) => column),
            ];

      expect(new Set(columns).size).toBe(columns.length);
    }
  });
});

describe('a panel without a meaning', () => {
  const views = panelOf('pages') as CountPanel;
  const percentile = (percent: number) =>
    ({ column: 'p', label: 'p', tone: 'main', measure: { kind: 'percentile', field: 'bytes', percent } }) as const;
  const top = (size: number) => ({ by: 'field', field: 'page', size, column: 'page', heading: 'Page' }) as const;

  it.each<[string, Partial<CountPanel>]>([
    ['it has no figure', { figures: [] }],
    ['a percentile is from 0 to 100', { figures: [percentile(100.1)] }],
    ['a percentile is from 0 to 100', { figures: [percentile(-1)] }],
    ['a split by a field has at least one value', { by: [top(0)] }],
    ['the column “page” is defined twice', { by: [top(1), top(1)] }],
    ['a rate needs a split by time', { figures: [{ ...percentile(50), measure: { kind: 'rate' } }] }],
  ])('has none for any target: %s', (fault, part) => {
    expect(() => toSql({ ...views, ...part })).toThrow(fault);
    expect(faultOf({ ...views, figures: [percentile(0), { ...percentile(100), column: 'q' }] })).toBeUndefined();
  });
});

describe('a panel of the embedded store', () => {
  let folder: string;
  let store: DuckDbStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'panels-'));
    store = await openDuckDbStore(join(folder, 'events.duckdb'));
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const at = (seconds: number) => ({ '@timestamp_utc': new Date(T + seconds * 1000).toISOString() });
  const write = (...events: readonly object[]) => store.write(events.map((event) => delivery({ ...EVENT, ...event })));
  const query = (panel: DataPanel) => store.query(toSql(panel), { from: T, to: RANGE.to, bucket: RANGE.bucketMs });
  const rows = (id: string) => query(panelOf(id));

  it('answers for every panel, even when nothing is stored', async () => {
    for (const { id } of panels) await expect(rows(id)).resolves.toBeDefined();
  });

  it('counts responses in their buckets, without the end of the range', async () => {
    await write(
      { ...at(0), response: 200 },
      { ...at(59), response: 500 },
      { ...at(60), response: 302 },
      { ...at(119), response: 200 },
      { ...at(120), response: 200 },
    );

    expect(await rows('answers')).toEqual([
      { t: T, error: 1, ok: 1, other: 0 },
      { t: T + 60_000, error: 0, ok: 1, other: 1 },
    ]);
    expect(await rows('error-rate')).toEqual([
      { t: T, rate: 0.5 },
      { t: T + 60_000, rate: 0 },
    ]);
    expect(await rows('rate')).toEqual([
      { t: T, rate: 2 / 60 },
      { t: T + 60_000, rate: 2 / 60 },
    ]);
  });

  it('counts the sessions of each step of the funnel once', async () => {
    const signUp = { action: 'sign_up', outcome: 'success' };
    await write(
      { ...at(0), session: 'a' },
      { ...at(1), session: 'a' },
      { ...at(2), session: 'b' },
      { ...at(3), session: 'a', ...signUp },
      { ...at(4), session: 'b', action: 'sign_up', outcome: 'failure' },
      { ...at(5), session: 'a', action: 'sign_in', outcome: 'success' },
    );

    expect(await rows('funnel')).toEqual([
      { label: 'page_view', sessions: 2 },
      { label: 'sign_in', sessions: 1 },
      { label: 'sign_up', sessions: 1 },
    ]);
  });

  it('draws the flow from the most frequent pages to their most frequent next ones', async () => {
    const step = (from: string, to: string, times: number) =>
      Array.from({ length: times }, () => ({ ...at(0), referer_page: from, page: to }));
    await write(...step('/b/', '/c/', 1), ...step('/a/', '/c/', 1), ...step('/a/', '/b/', 2), {
      ...at(0),
      page: '/a/',
    });

    expect(await rows('flow')).toEqual([
      { from: '/a/', to: '/b/', events: 2 },
      { from: '/a/', to: '/c/', events: 1 },
      { from: '/b/', to: '/c/', events: 1 },
    ]);
    expect(await rows('entries')).toEqual([{ label: '/a/', events: 1 }]);
  });

  it('ranks an outer value by all of its events, also those without the inner field', async () => {
    const event = (username: string, page?: string) => ({ ...at(0), username, page });
    await write(event('ada'), event('ada'), event('ada', '/a/'), event('bob', '/b/'), event('bob', '/b/'));
    const split = (field: 'username' | 'page') =>
      ({ by: 'field', field, size: 1, column: field, heading: '' }) as const;
    const panel: DataPanel = {
      ...(panelOf('flow') as CountPanel),
      where: { field: 'response', is: 200 },
      by: [split('username'), split('page')],
    };

    expect(await query(panel)).toEqual([{ username: 'ada', page: '/a/', events: 1 }]);
  });

  it('sums bytes, and takes percentiles of the events with a duration', async () => {
    await write(
      { ...at(0), bytes: 10, duration_us: 100 },
      { ...at(1), bytes: 5, duration_us: 300 },
      { ...at(60), bytes: 1 },
    );

    expect(await rows('bandwidth')).toEqual([
      { t: T, bytes: 15 },
      { t: T + 60_000, bytes: 1 },
    ]);
    expect(await rows('latency')).toEqual([{ t: T, p50: 200, p95: 290, p99: 298 }]);
  });

  it('groups by weekday and hour in UTC', async () => {
    // A Saturday.
    await write({ ...at(0) }, { ...at(1), action: 'asset' });

    expect(await rows('hours')).toEqual([{ weekday: 6, hour: 12, events: 1 }]);
  });

  it('lists the latest events first, with long text cut', async () => {
    await write(
      { ...at(1), response: 502, request: 'GET /old HTTP/1.1', username: 'ada' },
      { ...at(2), response: 500, request: `GET /${'x'.repeat(100_000)} HTTP/1.1` },
      { ...at(3), response: 404 },
    );

    expect(await rows('last-errors')).toMatchObject([
      { t: T + 2000, request: `GET /${'x'.repeat(295)}`, response: 500, username: null, is_bot: false },
      { t: T + 1000, request: 'GET /old HTTP/1.1', response: 502, username: 'ada', browser: null },
    ]);
  });
});

describe('a panel as a search', () => {
  const SIX = { family: 'elasticsearch', major: 6 } as const;
  const SEVEN = { family: 'elasticsearch', major: 7 } as const;
  const whole = (aggregations: object) => ({
    timed_out: false,
    _shards: { total: 1, successful: 1, skipped: 0, failed: 0 },
    hits: { total: 0, hits: [] },
    aggregations,
  });

  it('asks each engine for buckets by the option that it knows', () => {
    expect(JSON.stringify(toSearch(panelOf('answers'), SIX, 'apache', RANGE))).toContain('"interval":"60s"');
    expect(JSON.stringify(toSearch(panelOf('answers'), SEVEN, 'apache', RANGE))).toContain('"fixed_interval":"60s"');
  });

  it('reads only fields that a click event has', () => {
    const known = new Set(Object.keys(clickEventFields));
    for (const panel of panels) {
      const text = JSON.stringify(toSearch(panel, SEVEN, 'apache', RANGE).body);
      const fields = [...text.matchAll(/"field":"([^"]+)"/g)].map(([, field]) => field);

      expect(fields.filter((field) => !known.has(String(field)))).toEqual([]);
    }
  });

  it('reads nested buckets as rows', () => {
    const reply = whole({
      rows: {
        buckets: [
          {
            key: '/a/',
            doc_count: 3,
            rows: {
              buckets: [
                { key: '/b/', doc_count: 2 },
                { key: '/c/', doc_count: 1 },
              ],
            },
          },
        ],
      },
    });

    expect(readSearch(panelOf('flow'), reply, RANGE)).toEqual([
      { from: '/a/', to: '/b/', events: 2 },
      { from: '/a/', to: '/c/', events: 1 },
    ]);
  });

  it.each([
    ['a number', [{ key: 50, value: 12.5 }], 12.5],
    ['nothing, as Elasticsearch 6 writes it', [{ key: 50, value: 'NaN' }], null],
    ['nothing, as later engines write it', [{ key: 50, value: null }], null],
  ])('reads a percentile of %s', (_, values, expected) => {
    const bucket = { key: T, doc_count: 1, 'percentiles of duration_us': { values } };

    const [row] = readSearch(panelOf('latency'), whole({ rows: { buckets: [bucket] } }), RANGE) as [PanelRow];

    expect(row['p50']).toBe(expected);
  });

  it('is zero where no index matches, since the engine then leaves out its aggregations', () => {
    const { aggregations: _, ...reply } = whole({});

    expect(readSearch(panelOf('figures'), reply, RANGE)).toEqual([
      { requests: 0, errors: 0, views: 0, signups: 0, signins: 0 },
    ]);
    expect(readSearch(panelOf('pages'), reply, RANGE)).toEqual([]);
  });

  it.each([
    ['timed out', { timed_out: true }],
    ['lost a shard', { _shards: { total: 5, successful: 4, skipped: 0, failed: 1 } }],
    ['is not a search’s', { hits: undefined }],
  ])('is an error where the reply %s', (_, part) => {
    const reply = { ...whole({ rows: { buckets: [] } }), ...part };

    expect(() => readSearch(panelOf('pages'), reply, RANGE)).toThrow(
      expect.objectContaining({ code: 'SEARCH_INCOMPLETE' }),
    );
  });
});

/** Every panel on the embedded store and on each engine, with the same 50,000 events: the rows agree. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { generateCorpus } from '../../bench/corpus';
import type { HttpClient } from '../../core/http-client';
import { panels } from '../../panels/dashboards';
import type { DataPanel, Figure, Measure, PanelRange, PanelRow } from '../../panels/panel';
import { type DuckDbStore, openDuckDbStore } from '../../store/duckdb/store';
import { toSql } from '../../store/duckdb/to-sql';
import type { Delivery, EventStore } from '../../store/event-store';
import { askEngine, type Engine, findEngine } from '../../store/search/engine';
import { openSearchStore } from '../../store/search/store';
import { readSearch, toSearch } from '../../store/search/to-search';
import { describeEngines } from '../support/engines/engines';
import { clientOf, dropIndex, freshIndex } from '../support/engines/use-index';
import { delivery, idAt } from '../support/event-store-contract';

const EVENTS = 50_000;
const BATCH = 5000;
/** The corpus begins then; the range leaves out its few events of other times. */
const FROM = Date.UTC(2026, 9, 10);
const DAY = 86_400_000;
const RANGE: PanelRange = { from: FROM, to: FROM + 21 * DAY, bucketMs: DAY / 4 };

function makeEvents(): readonly Delivery[] {
  const deliveries: Delivery[] = [];
  for (const { truth } of generateCorpus({ lines: 2 * EVENTS, seed: 7 })) {
    if (truth === undefined) continue;
    // Unique, so that events of the same second have one order.
    const event = { ...truth, request_id: `r${deliveries.length}` };
    deliveries.push(delivery(event, idAt(FROM + deliveries.length)));
    if (deliveries.length === EVENTS) break;
  }
  return deliveries;
}

async function writeAll(store: EventStore, events: readonly Delivery[]): Promise<void> {
  for (let at = 0; at < events.length; at += BATCH) {
    expect(await store.write(events.slice(at, at + BATCH))).toEqual([]);
  }
}

let folder: string;
let duckDb: DuckDbStore;
let events: readonly Delivery[];

describeEngines('a panel', (_, url) => {
  let client: HttpClient;
  let engine: Engine;
  const index = freshIndex();

  beforeAll(async () => {
    if (events === undefined) {
      events = makeEvents();
      folder = await mkdtemp(join(tmpdir(), 'panels-'));
      duckDb = await openDuckDbStore(join(folder, 'events.duckdb'));
      await writeAll(duckDb, events);
    }
    client = clientOf(url());
    engine = await findEngine(client);
    await writeAll(await openSearchStore({ client, index }), events);
    await askEngine(client, { method: 'POST', path: `/${index}/_refresh` }, z.object({}));
  });
  afterAll(() => dropIndex(client, index));

  it.each(panels.map((panel) => [panel.id, panel] as const))('%s: has the same rows', async (_id, panel) => {
    const { path, body } = toSearch(panel, engine, index, RANGE);
    const reply = await askEngine(client, { method: 'POST', path, json: body }, z.unknown());
    const found = readSearch(panel, reply, RANGE);

    const [expected, lowest, highest] = [
      await inDuckDb(panel),
      await inDuckDb(lower(panel)),
      await inDuckDb(higher(panel)),
    ];

    expect(expected.length).toBeGreaterThan(0);
    expect(found.map((row) => exactPart(panel, row))).toEqual(expected.map((row) => exactPart(panel, row)));
    for (const [at, row] of found.entries()) {
      for (const { column, measure } of estimates(panel)) {
        const error = measure.kind === 'distinct' ? 0.01 * Number(expected[at]?.[column]) : 0;
        expect(row[column]).toBeGreaterThanOrEqual(Number(lowest[at]?.[column]) - error);
        expect(row[column]).toBeLessThanOrEqual(Number(highest[at]?.[column]) + error);
      }
    }
  });
});

afterAll(async () => {
  await duckDb?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

function inDuckDb(panel: DataPanel): Promise<readonly PanelRow[]> {
  const { from, to, bucketMs: bucket } = RANGE;
  return duckDb.query(toSql(panel), { from, to, bucket }) as Promise<readonly PanelRow[]>;
}

/** The figures that an engine may estimate. */
const estimates = (panel: DataPanel): readonly Figure[] =>
  panel.kind === 'count'
    ? panel.figures.filter(({ measure: { kind } }) => kind === 'distinct' || kind === 'percentile')
    : [];

function exactPart(panel: DataPanel, row: PanelRow): PanelRow {
  const estimated = new Set(estimates(panel).map(({ column }) => column));
  return Object.fromEntries(Object.entries(row).filter(([column]) => !estimated.has(column)));
}

/** A percentile may be off by three percentage points: the engines keep a sketch, and interpolate between two values differently. */
const lower = (panel: DataPanel) => shifted(panel, -3);
const higher = (panel: DataPanel) => shifted(panel, 3);

function shifted(panel: DataPanel, by: number): DataPanel {
  if (panel.kind !== 'count') return panel;
  const shift = (measure: Measure): Measure =>
    measure.kind === 'percentile' ? { ...measure, percent: Math.min(100, measure.percent + by) } : measure;
  return { ...panel, figures: panel.figures.map((figure) => ({ ...figure, measure: shift(figure.measure) })) };
}

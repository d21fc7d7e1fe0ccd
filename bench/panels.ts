/**
 * Every panel's search on a million events, on each engine: a node is started, filled through the store's adapter, and queried with its
 * cache off. Needs Java and Maven.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createHttpClient, type HttpClient } from '../core/http-client';
import { panels } from '../panels/dashboards';
import type { DataPanel, PanelRange } from '../panels/panel';
import { openDuckDbStore } from '../store/duckdb/store';
import { toSql } from '../store/duckdb/to-sql';
import type { Delivery, EventStore } from '../store/event-store';
import { askEngine, type Engine } from '../store/search/engine';
import { openSearchStore } from '../store/search/store';
import { readSearch, toSearch } from '../store/search/to-search';
import { generateCorpus } from './corpus';
import { median, type Report } from './report';
import { ENGINES, type EngineName, startNode } from './start-node';

const EVENTS = 1_000_000;
/** Generated once, and written repeatedly under other ids. */
const DIFFERENT_EVENTS = 100_000;
const BATCH = 2000;
const RUNS = 5;
const INDEX = 'apache';
/** A small server: half of what a domain's node of 4 GB gives its engine. */
const JVM = ['-Xms1g', '-Xmx1g', '-XX:-UseSerialGC', '-XX:+UseG1GC', '-XX:TieredStopAtLevel=4'];

const FROM = Date.UTC(2026, 9, 10);
const DAY = 86_400_000;
/** Covers all events but a few of other years, in about 80 buckets. */
const RANGE: PanelRange = { from: FROM, to: FROM + 40 * DAY, bucketMs: DAY / 2 };

export async function benchPanels(): Promise<Report> {
  process.stderr.write(`${EVENTS} events are generated …\n`);
  const documents = makeDocuments();
  const figures: Record<string, number | readonly string[]> = {};
  let passed = true;
  for (const name of [...ENGINES, 'duckdb'] as const) {
    const folder = await mkdtemp(join(tmpdir(), 'bench-panels-'));
    try {
      const seen = name === 'duckdb' ? await inDuckDb(folder, documents) : await inEngine(name, folder, documents);
      const slowest = [...seen.panels].sort((one, other) => other.ms - one.ms);
      figures[`${name}: events stored per second`] = seen.eventsPerSecond;
      figures[`${name}: slowest panels, ms`] = slowest.slice(0, 5).map(({ id, ms }) => `${id} ${ms}`);
      passed &&= seen.events === EVENTS;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return { passed, events: EVENTS, runs: RUNS, ...figures, cores: availableParallelism(), node: process.version };
}

interface Seen {
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly panels: readonly { readonly id: string; readonly ms: number }[];
}

async function inEngine(name: EngineName, folder: string, documents: readonly Buffer[]): Promise<Seen> {
  process.stderr.write(`${name} …\n`);
  const node = await startNode(name, folder, JVM);
  try {
    const client = createHttpClient({ url: new URL(node.url), auth: { mode: 'none' } });
    const store = await openSearchStore({ client, index: INDEX });
    const eventsPerSecond = await fill(store, documents);
    await askEngine(client, { method: 'POST', path: `/${INDEX}/_refresh` }, z.object({}));
    const counted = z.object({ count: z.number() });
    const { count } = await askEngine(client, { method: 'GET', path: `/${INDEX}/_count` }, counted);
    return { events: count, eventsPerSecond, panels: await timeAll((panel) => search(client, store.engine, panel)) };
  } finally {
    await node.stop();
  }
}

async function search(client: HttpClient, engine: Engine, panel: DataPanel): Promise<void> {
  const { path, body } = toSearch(panel, engine, INDEX, RANGE);
  const query = { request_cache: 'false' };
  readSearch(panel, await askEngine(client, { method: 'POST', path, query, json: body }, z.unknown()), RANGE);
}

async function inDuckDb(folder: string, documents: readonly Buffer[]): Promise<Seen> {
  process.stderr.write('DuckDB …\n');
  const store = await openDuckDbStore(join(folder, 'events.duckdb'));
  try {
    const eventsPerSecond = await fill(store, documents);
    const [row] = await store.query('SELECT count(*) AS events FROM events');
    const { from, to, bucketMs: bucket } = RANGE;
    const times = await timeAll((panel) => store.query(toSql(panel), { from, to, bucket }));
    return { events: Number(row?.['events']), eventsPerSecond, panels: times };
  } finally {
    await store.close();
  }
}

function makeDocuments(): readonly Buffer[] {
  const documents: Buffer[] = [];
  for (const { truth } of generateCorpus({ lines: 2 * DIFFERENT_EVENTS, seed: 1 })) {
    if (truth !== undefined) documents.push(Buffer.from(JSON.stringify(truth)));
    if (documents.length === DIFFERENT_EVENTS) break;
  }
  return documents;
}

/** Two batches at a time, as the delivery writes. */
async function fill(store: EventStore, documents: readonly Buffer[]): Promise<number> {
  const started = performance.now();
  let next = 0;
  const writeBatches = async () => {
    while (next < EVENTS) {
      const from = next;
      next += BATCH;
      await store.write(Array.from({ length: BATCH }, (_, at) => toDelivery(documents, from + at)));
    }
  };
  await Promise.all([writeBatches(), writeBatches()]);
  return Math.round((EVENTS * 1000) / (performance.now() - started));
}

/** Ids ascend with time, as the stream's do. */
function toDelivery(documents: readonly Buffer[], at: number): Delivery {
  const hex = at.toString(16).padStart(12, '0');
  const id = `019a0000-0000-7000-8000-${hex}`;
  return { id, document: documents[at % DIFFERENT_EVENTS] ?? Buffer.alloc(0) };
}

async function timeAll(look: (panel: DataPanel) => Promise<unknown>): Promise<Seen['panels']> {
  const times = [];
  for (const panel of panels) {
    const ms: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const started = performance.now();
      await look(panel);
      ms.push(performance.now() - started);
    }
    times.push({ id: panel.id, ms: Math.round(median(ms)) });
  }
  return times;
}

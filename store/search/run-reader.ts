/**
 * A run's totals from a search engine. All of the run's events are read, a few fields of each, and counted here: an aggregation could
 * neither find every duplicate (two copies may be in two shards or two rotated indexes) nor count more values than its limit of buckets.
 */
import { z } from 'zod';
import { ToolkitError } from '../../core/errors';
import type { HttpClient } from '../../core/http-client';
import { type Dimension, type EventFacts, type ExampleQuery, FEW, type RunReader, type RunTotals } from '../store';
import { type Click, createClickCount } from './count-clicks';
import { askEngine } from './engine';
import { indexPatterns } from './index-template';

/** Read in parallel; each keeps one search open. */
const SLICES = 3;
/** The most that every engine returns at once. */
const EVENTS_AT_ONCE = 10_000;
const KEEP = '2m';

export function createSearchRunReader(client: HttpClient, index: string): RunReader {
  const path = `/${indexPatterns(index).map(encodeURIComponent).join(',')}`;
  const query = { ignore_unavailable: 'true', allow_no_indices: 'true' };

  async function readSlice(run: string | undefined, slice: number, add: (click: Click) => void): Promise<void> {
    let page = await askEngine(
      client,
      {
        method: 'POST',
        path: `${path}/_search`,
        query: { ...query, scroll: KEEP, filter_path: PAGE_PARTS },
        json: {
          size: EVENTS_AT_ONCE,
          sort: ['_doc'],
          slice: { field: '@timestamp', id: slice, max: SLICES },
          query: ofRun(run),
          ...FIELDS,
        },
      },
      Page,
    );
    let left = totalOf(page);
    try {
      while (page.hits.hits.length > 0) {
        failIfPartial(client, page);
        left -= page.hits.hits.length;
        for (const hit of page.hits.hits) add(toClick(hit));
        const next = { method: 'POST', path: '/_search/scroll', query: { filter_path: PAGE_PARTS } } as const;
        page = await askEngine(client, { ...next, json: { scroll: KEEP, scroll_id: page._scroll_id } }, Page);
      }
      failIfPartial(client, page);
      // The reply's filter leaves out an event that has none of the fields.
      for (; left > 0; left--) add({});
    } finally {
      // The search would end by itself, but later.
      const end = { method: 'DELETE', path: '/_search/scroll', json: { scroll_id: page._scroll_id } } as const;
      await askEngine(client, end, z.unknown()).catch(() => {});
    }
  }

  async function readRunTotals(run: string | undefined): Promise<RunTotals> {
    // A user with read access only may not refresh: the events of the last second are then found by the next call.
    await askEngine(client, { method: 'POST', path: `${path}/_refresh`, query }, z.unknown()).catch(passIfDenied);
    const count = createClickCount();
    await Promise.all(Array.from({ length: SLICES }, (_, slice) => readSlice(run, slice, count.add)));
    return count.totals();
  }

  async function readExamples({ run, by, key }: ExampleQuery): Promise<readonly EventFacts[]> {
    const json = {
      size: FEW,
      sort: [{ '@timestamp': 'desc' }],
      _source: ['request_id', '@timestamp', 'request', 'response', 'username'],
      query: { bool: { filter: [ofRun(run), ...FILTERS[by](key)] } },
    };
    const found = await askEngine(client, { method: 'POST', path: `${path}/_search`, query, json }, Examples);
    return found.hits.hits.map(({ _source: event }) => ({
      requestId: event.request_id ?? null,
      time: event['@timestamp'] === undefined ? null : new Date(event['@timestamp']).toISOString(),
      request: event.request ?? null,
      status: event.response ?? null,
      user: event.username ?? null,
    }));
  }

  async function readRuns(): Promise<readonly string[]> {
    const json = { size: 0, aggs: { runs: { terms: { field: 'run', size: FEW } } } };
    const found = await askEngine(client, { method: 'POST', path: `${path}/_search`, query, json }, Runs);
    return (found.aggregations?.runs.buckets ?? []).map(({ key }) => key);
  }

  return { readRunTotals, readExamples, readRuns };
}

const ofRun = (run: string | undefined) => (run === undefined ? { match_all: {} } : { term: { run } });

const NAMES = ['request_id', 'session', 'response', 'page', 'action', 'outcome', 'username', '@timestamp'];
/** Read from the engine's columns (doc values): parsing the documents' JSON would take several times as long. */
const FIELDS = { stored_fields: '_none_', docvalue_fields: NAMES };
/** The parts of the reply that are needed. Otherwise half of it would be the index's name and an empty score for each event. */
const PAGE_PARTS = '_scroll_id,timed_out,_shards.failed,hits.total,hits.hits.fields';

const Page = z.object({
  _scroll_id: z.string(),
  timed_out: z.boolean().optional(),
  _shards: z.object({ failed: z.number() }).optional(),
  hits: z.object({
    // A number before Elasticsearch 7.
    total: z.union([z.number(), z.object({ value: z.number() })]),
    hits: z.array(z.unknown()).default([]),
  }),
});

function totalOf({ hits: { total } }: z.output<typeof Page>): number {
  return typeof total === 'number' ? total : total.value;
}

/** Without a schema, which for a million events took longer than everything else here. A value of the wrong type counts as missing. */
function toClick(hit: unknown): Click {
  const fields = (hit as { readonly fields?: Fields } | null)?.fields ?? {};
  const text = (name: string) => {
    const value = fields[name]?.[0];
    return typeof value === 'string' ? value : undefined;
  };
  const status = fields['response']?.[0];
  const time = fields['@timestamp']?.[0];
  return {
    requestId: text('request_id'),
    session: text('session'),
    status: typeof status === 'number' ? status : undefined,
    page: text('page'),
    action: text('action'),
    outcome: text('outcome'),
    user: text('username'),
    // Elasticsearch 6.3 returns milliseconds.
    minute: typeof time === 'string' || typeof time === 'number' ? toMinute(time) : undefined,
  };
}

type Fields = Readonly<Record<string, readonly unknown[] | undefined>>;

function toMinute(time: string | number): string {
  const text = typeof time === 'number' ? new Date(time).toISOString() : time;
  return `${text.slice(0, 16)}Z`;
}

/** Events missing from the totals would be taken as lost. */
function failIfPartial(client: HttpClient, { timed_out, _shards }: z.output<typeof Page>): void {
  if (timed_out !== true && (_shards?.failed ?? 0) === 0) return;
  throw new ToolkitError(
    'SEARCH_INCOMPLETE',
    `${client.url.href} could read only a part of the events.`,
    'Check the index’s health, then run this again.',
  );
}

function passIfDenied(error: unknown): void {
  if (!(error instanceof ToolkitError && error.code === 'ACCESS_DENIED')) throw error;
}

const FILTERS: Readonly<Record<Dimension, (key: string) => readonly object[]>> = {
  status: (key) => [{ term: { response: key } }],
  page: (key) => [{ term: { page: key } }],
  action: (key) => [{ term: { action: key } }],
  outcome: (key) => {
    const [action = '', outcome = ''] = key.split(' ');
    return [{ term: { action } }, { term: { outcome } }];
  },
  user: (key) => [{ term: { username: key } }],
  minute: (key) => {
    const start = Date.parse(key);
    return [{ range: { '@timestamp': { gte: start, lt: start + 60_000, format: 'epoch_millis' } } }];
  },
};

const Event = z.object({
  request_id: z.string().optional(),
  '@timestamp': z.string().optional(),
  request: z.string().optional(),
  response: z.number().optional(),
  username: z.string().optional(),
});
const Examples = z.object({ hits: z.object({ hits: z.array(z.object({ _source: Event })) }) });
const Runs = z.object({
  aggregations: z.object({ runs: z.object({ buckets: z.array(z.object({ key: z.string() })) }) }).optional(),
});

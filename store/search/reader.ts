import { z } from 'zod';
import type { HttpClient } from '../../core/http-client';
import type { Extent } from '../extent';
import type { StoreReader, Totals } from '../store';
import { askEngine, type Engine } from './engine';
import { createSearchRunReader } from './run-reader';
import { MOST_PRECISION, readSearch, toSearch } from './to-search';

/** Before the first write there is no index: it counts as empty. */
const IF_EXISTS = { ignore_unavailable: 'true' };

export function createSearchReader(client: HttpClient, engine: Engine, index: string): StoreReader {
  const path = `/${encodeURIComponent(index)}`;
  const search = <S extends z.ZodType>(json: object, schema: S) =>
    askEngine(client, { method: 'POST', path: `${path}/_search`, query: IF_EXISTS, json }, schema);

  async function readTotals(): Promise<Totals> {
    await askEngine(client, { method: 'POST', path: `${path}/_refresh`, query: IF_EXISTS }, z.object({}));
    const { aggregations: found } = await search(TOTALS, TotalsReply);
    const byStatus = (found?.statuses.buckets ?? []).map(({ key, doc_count }) => [key, doc_count] as const);
    return {
      byStatus: Object.fromEntries(byStatus.toSorted(([one], [other]) => one - other)),
      pageViews: found?.pageViews.doc_count ?? 0,
      signUps: found?.signUps.doc_count ?? 0,
      signIns: found?.signIns.doc_count ?? 0,
      users: found?.users.value ?? 0,
    };
  }

  async function readExtent(): Promise<Extent> {
    const { aggregations: found } = await search(EXTENT, ExtentReply);
    const [first, last] = [found?.first.value, found?.last.value];
    const events = found?.events.value ?? 0;
    return typeof first === 'number' && typeof last === 'number' ? { events, first, last } : { events };
  }

  return {
    ...createSearchRunReader(client, index),
    readTotals,
    readExtent,
    readPanel: async (panel, range) =>
      readSearch(panel, await search(toSearch(panel, engine, index, range).body, z.unknown()), range),
  };
}

const succeeded = (action: string) => ({ bool: { filter: [{ term: { action } }, { term: { outcome: 'success' } }] } });

const TOTALS = {
  size: 0,
  aggs: {
    // There are at most 500: 100 to 599.
    statuses: { terms: { field: 'response', size: 500 } },
    pageViews: { filter: { term: { action: 'page_view' } } },
    signUps: { filter: succeeded('sign_up') },
    signIns: { filter: succeeded('sign_in') },
    users: { cardinality: { field: 'username', precision_threshold: MOST_PRECISION } },
  },
};

const Count = z.object({ doc_count: z.number() });
const TotalsReply = z.object({
  aggregations: z
    .object({
      statuses: z.object({ buckets: z.array(z.object({ key: z.number(), doc_count: z.number() })) }),
      pageViews: Count,
      signUps: Count,
      signIns: Count,
      users: z.object({ value: z.number() }),
    })
    .optional(),
});

const EXTENT = {
  size: 0,
  aggs: {
    events: { value_count: { field: '@timestamp' } },
    first: { min: { field: '@timestamp' } },
    last: { max: { field: '@timestamp' } },
  },
};

const Value = z.object({ value: z.number().nullable() });
const ExtentReply = z.object({ aggregations: z.object({ events: Value, first: Value, last: Value }).optional() });

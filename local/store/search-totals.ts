import { z } from 'zod';
import type { HttpClient } from '../../core/http-client';
import { askEngine } from '../../kibana/engine';
import { MOST_PRECISION } from '../../kibana/to-search';

import type { Totals } from './totals';

const Count = z.object({ doc_count: z.number() });
const Reply = z.object({
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

const succeeded = (action: string) => ({ bool: { filter: [{ term: { action } }, { term: { outcome: 'success' } }] } });

const SEARCH = {
  size: 0,
  aggs: {
    // There are 500 at most: 100 to 599.
    statuses: { terms: { field: 'response', size: 500 } },
    pageViews: { filter: { term: { action: 'page_view' } } },
    signUps: { filter: succeeded('sign_up') },
    signIns: { filter: succeeded('sign_in') },
    users: { cardinality: { field: 'username', precision_threshold: MOST_PRECISION } },
  },
};

/** As `readTotals`; `users` is an estimate beyond 40,000 names. What was written before is seen. */
export async function readSearchTotals(client: HttpClient, index: string): Promise<Totals> {
  const path = `/${encodeURIComponent(index)}`;
  const anyway = { ignore_unavailable: 'true' };
  await askEngine(client, { method: 'POST', path: `${path}/_refresh`, query: anyway }, z.object({}));
  const request = { method: 'POST', path: `${path}/_search`, query: anyway, json: SEARCH } as const;
  const { aggregations: found } = await askEngine(client, request, Reply);
  const byStatus = (found?.statuses.buckets ?? []).map(({ key, doc_count }) => [key, doc_count] as const);
  return {
    byStatus: Object.fromEntries(byStatus.toSorted(([one], [other]) => one - other)),
    pageViews: found?.pageViews.doc_count ?? 0,
    signUps: found?.signUps.doc_count ?? 0,
    signIns: found?.signIns.doc_count ?? 0,
    users: found?.users.value ?? 0,
  };
}

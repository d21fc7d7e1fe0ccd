import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { createHttpClient, type HttpClient } from '../../../core/http-client';
import { askEngine } from '../../../store/search/engine';

export const clientOf = (url: string): HttpClient => createHttpClient({ url: new URL(url), auth: { mode: 'none' } });

/** A unique name, since all test files share the nodes. */
export const freshIndex = () => `test-${randomUUID()}`;

/** Deletes the index, its rotated ones and its template. */
export async function dropIndex(client: HttpClient, index: string): Promise<void> {
  await client.send({ method: 'DELETE', path: `/${index},${index}-*`, query: { ignore_unavailable: 'true' } });
  for (const kind of ['_template', '_index_template']) {
    await client.send({ method: 'DELETE', path: `/${kind}/clickstreamy-${index}` });
  }
}

const Hits = z.object({
  hits: z.object({ hits: z.array(z.object({ _id: z.string(), _source: z.record(z.string(), z.unknown()) })) }),
});

/** Reads up to 10,000 documents, by id. */
export async function readDocuments(
  client: HttpClient,
  index: string,
): Promise<Readonly<Record<string, Record<string, unknown>>>> {
  const query = { ignore_unavailable: 'true' };
  await askEngine(client, { method: 'POST', path: `/${index}/_refresh`, query }, z.object({}));
  const all = { method: 'POST', path: `/${index}/_search`, query, json: { size: 10_000 } } as const;
  const { hits } = await askEngine(client, all, Hits);
  return Object.fromEntries(hits.hits.map(({ _id, _source }) => [_id, _source]));
}

const Count = z.object({ count: z.number() });

/** Counts the documents that a query finds. */
export async function countOf(client: HttpClient, index: string, query: object): Promise<number> {
  await askEngine(client, { method: 'POST', path: `/${index}/_refresh` }, z.object({}));
  return (await askEngine(client, { method: 'POST', path: `/${index}/_count`, json: { query } }, Count)).count;
}

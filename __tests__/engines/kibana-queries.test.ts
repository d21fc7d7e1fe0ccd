/** What Kibana asks by itself: the saved objects' query texts and the Vega search find what the panels' own searches find. */
import { z } from 'zod';
import { generateCorpus } from '../../bench/corpus';
import type { HttpClient } from '../../core/http-client';
import { toSankey } from '../../kibana/sankey';
import { dashboards, panels } from '../../panels/dashboards';
import { type Filter, toLucene, toQuery } from '../../panels/filter';
import type { CountPanel, DataPanel } from '../../panels/panel';
import { askEngine } from '../../store/search/engine';
import { openSearchStore } from '../../store/search/search-store';
import { describeEngines } from '../support/engines/engines';
import { clientOf, countOf, dropIndex, freshIndex } from '../support/engines/use-index';
import { delivery } from '../support/event-store-contract';

jest.setTimeout(60_000);

const EVENTS = 3000;

/** Every filter of every panel, by its text. */
const filters = new Map(panels.flatMap(filtersOf).map((filter) => [toLucene(filter), filter] as const));

function filtersOf(panel: DataPanel): readonly Filter[] {
  const figures = panel.kind === 'count' ? panel.figures : [];
  const found = [
    panel.where,
    ...figures.map(({ where }) => where),
    ...figures.map(({ measure }) => (measure.kind === 'share' ? measure.of : undefined)),
  ];
  return found.filter((filter) => filter !== undefined);
}

const flow = dashboards.flatMap((dashboard) => dashboard.panels).find(({ id }) => id === 'flow') as CountPanel;

const Steps = z.object({
  aggregations: z.object({
    steps: z.object({
      from: z.object({
        buckets: z.array(
          z.object({ key: z.string(), to: z.object({ buckets: z.array(z.object({ doc_count: z.number() })) }) }),
        ),
      }),
    }),
  }),
});

describeEngines('a query of Kibana’s', (_, url) => {
  let client: HttpClient;
  const index = freshIndex();

  beforeAll(async () => {
    client = clientOf(url());
    const truths = [...generateCorpus({ lines: 2 * EVENTS, seed: 11 })].flatMap(({ truth }) => truth ?? []);
    const store = await openSearchStore({ client, index });
    expect(await store.write(truths.slice(0, EVENTS).map((event) => delivery(event)))).toEqual([]);
    await store.close();
  });
  afterAll(() => dropIndex(client, index));

  it.each([...filters])('%s finds what the panel’s own filter finds', async (text, filter) => {
    const byText = await countOf(client, index, { query_string: { query: text, analyze_wildcard: true } });
    const byFilter = await countOf(client, index, toQuery(filter));

    expect(byText).toBe(byFilter);
    expect(byText).toBeGreaterThan(0);
  });

  it('draws the flow of the steps that there are', async () => {
    const { data } = toSankey(flow, index, 5) as { data: readonly { url?: { body: object } }[] };

    const path = `/${index}/_search`;
    const reply = await askEngine(client, { method: 'POST', path, json: data[0]?.url?.body }, Steps);
    const { buckets } = reply.aggregations.steps.from;

    expect(buckets.length).toBeGreaterThan(1);
    expect(buckets.every(({ to }) => to.buckets.length > 0)).toBe(true);
  });
});

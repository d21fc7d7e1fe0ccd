/** What a dashboards server asks for our saved objects: each panel draws the embedded store's numbers, and each query text filters alike. */
import { z } from 'zod';
import { generateCorpus } from '../../bench/corpus';
import type { HttpClient } from '../../core/http-client';
import { objectId } from '../../kibana/saved-object';
import { toLucene } from '../../kibana/to-lucene';
import { toSavedObjects } from '../../kibana/to-saved-objects';
import { panels } from '../../panels/dashboards';
import type { Filter } from '../../panels/filter';
import type { CountPanel, DataPanel, PanelRange } from '../../panels/panel';
import { askEngine, type Engine, findEngine } from '../../store/search/engine';
import { toQuery } from '../../store/search/to-query';
import { describeEngines } from '../support/engines/engines';
import { fillIndex, useEmbeddedStore } from '../support/engines/fill-stores';
import { clientOf, countOf, dropIndex, freshIndex } from '../support/engines/use-index';
import { delivery } from '../support/event-store-contract';
import { targetOf, toRequests } from '../support/panels/kibana-requests';
import { differences, numbersInDuckDb } from '../support/panels/same-numbers';

const EVENTS = 3000;
const DAY = 86_400_000;
/** The corpus begins then. */
const FROM = Date.UTC(2026, 9, 10);
const RANGE: PanelRange = { from: FROM, to: FROM + 21 * DAY, bucketMs: DAY / 4 };

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

const counted = panels.filter((panel): panel is CountPanel => panel.kind === 'count');

const events = [...generateCorpus({ lines: 2 * EVENTS, seed: 11 })]
  .flatMap(({ truth }) => truth ?? [])
  .slice(0, EVENTS);
const write = () => events.map((event) => delivery(event));

const duckDb = useEmbeddedStore(write);

describeEngines('a saved object', (_, url) => {
  let client: HttpClient;
  let engine: Engine;
  const index = freshIndex();

  beforeAll(async () => {
    client = clientOf(url());
    engine = await findEngine(client);
    await fillIndex(client, index, write());
  });
  afterAll(() => dropIndex(client, index));

  it.each([...filters])('filters by %s as the panel does', async (text, filter) => {
    const byText = await countOf(client, index, { query_string: { query: text, analyze_wildcard: true } });
    const byFilter = await countOf(client, index, toQuery(filter));

    expect(byText).toBe(byFilter);
    expect(byText).toBeGreaterThan(0);
  });

  it.each(counted.map((panel) => [panel.id, panel] as const))(
    'draws %s with the panel’s numbers',
    async (id, panel) => {
      const objects = toSavedObjects(targetOf(engine), index);
      const ids = panel.drawing.as === 'figures' ? panel.figures.map(({ column }) => `${id}-${column}`) : [id];
      const asked = ids.flatMap((each) => {
        const object = objects.find((found) => found.id === objectId(index, each));
        return object === undefined ? [] : toRequests(object, objects, engine, RANGE);
      });

      const path = `/${index}/_search`;
      const drawn = await Promise.all(
        asked.map(async ({ body, read }) =>
          read(await askEngine(client, { method: 'POST', path, json: body }, z.unknown())),
        ),
      );

      const expected = await numbersInDuckDb(duckDb(), panel, RANGE);
      expect(expected.length).toBeGreaterThan(0);
      expect(differences(expected, drawn.flat())).toEqual([]);
    },
  );
});

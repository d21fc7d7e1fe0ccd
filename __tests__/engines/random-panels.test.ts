/** Random panels mean the same numbers in the embedded store, in each engine, and in what its dashboards server asks for them. */
import fc from 'fast-check';
import { z } from 'zod';
import type { HttpClient } from '../../core/http-client';
import { toSavedObjects } from '../../kibana/to-saved-objects';
import {
  type CountPanel,
  columnOf,
  type Dashboard,
  type Drawing,
  type PanelRange,
  type PanelRow,
} from '../../panels/panel';
import { askEngine, type Engine, findEngine, isTyped } from '../../store/search/engine';
import { readSearch, toSearch } from '../../store/search/to-search';
import { describeEngines } from '../support/engines/engines';
import { fillIndex, useEmbeddedStore } from '../support/engines/fill-stores';
import { clientOf, dropIndex, freshIndex } from '../support/engines/use-index';
import { delivery } from '../support/event-store-contract';
import { type Asked, type Drawn, targetOf, toRequests } from '../support/panels/kibana-requests';
import { FROM, isShownBy, isValid, makeEvents, randomPanel } from '../support/panels/random-panels';
import { differences, numbersInDuckDb, rowsInDuckDb, toDrawn } from '../support/panels/same-numbers';

jest.setTimeout(300_000);

const EVENTS = 2000;
/** Panels that are valid; fast-check prints the seed of one that fails. */
const RUNS = 100;
const DRAWINGS: Readonly<Record<Drawing['as'], true>> = {
  columns: true,
  line: true,
  lines: true,
  figures: true,
  ranking: true,
  heat: true,
  flow: true,
  funnel: true,
  share: true,
};
const HOUR = 3_600_000;
/** Leaves out the first and the last hours, and cuts a bucket at either end. */
const RANGE: PanelRange = { from: FROM + 2.5 * HOUR, to: FROM + 46.5 * HOUR, bucketMs: 4 * HOUR };

const write = () => makeEvents(EVENTS, 3).map((event) => delivery(event));
const duckDb = useEmbeddedStore(write);

describeEngines('a random panel', (_, url) => {
  let client: HttpClient;
  let engine: Engine;
  const index = freshIndex();

  beforeAll(async () => {
    client = clientOf(url());
    engine = await findEngine(client);
    await fillIndex(client, index, write());
  });
  afterAll(() => dropIndex(client, index));

  const search = (json: object) => askEngine(client, { method: 'POST', path: `/${index}/_search`, json }, z.unknown());
  const ask = async ({ body, read }: Asked): Promise<readonly Drawn[]> => read(await search(body));

  it('has the same rows in the engine as in the embedded store', async () => {
    await fc.assert(
      fc.asyncProperty(randomPanel.filter(isValid), async (panel) => {
        const { body } = toSearch(panel, engine, index, RANGE);
        const found = readSearch(panel, await search(body), RANGE);

        const expected = await rowsInDuckDb(duckDb(), panel, RANGE);
        expect(found.map((row) => outlineOf(panel, row))).toEqual(expected.map((row) => outlineOf(panel, row)));
        expect(differences(await numbersInDuckDb(duckDb(), panel, RANGE), toDrawn(panel, found))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  // Each drawing in turn: among all at random, a rare one would now and then not occur.
  it.each(Object.keys(DRAWINGS))('draws the same numbers as saved objects, as %s', async (drawing) => {
    const shown = (panel: CountPanel) =>
      panel.drawing.as === drawing && isValid(panel) && isShownBy(!isTyped(engine), panel);

    await fc.assert(
      fc.asyncProperty(randomPanel.filter(shown), async (panel) => {
        const board: Dashboard = { id: 'board', title: 'Board', about: 'One panel.', panels: [panel] };
        const objects = toSavedObjects(targetOf(engine), index, [board]);
        const asked = objects
          .filter(({ type }) => type === 'visualization')
          .flatMap((object) => toRequests(object, objects, engine, RANGE));
        const drawn = (await Promise.all(asked.map(ask))).flat();

        const expected = await numbersInDuckDb(duckDb(), panel, RANGE);
        expect(differences(expected, drawn)).toEqual([]);
      }),
      { numRuns: Math.ceil(RUNS / Object.keys(DRAWINGS).length) },
    );
  });
});

/** The row's keys, and which of its numbers are there. */
const outlineOf = ({ by, figures }: CountPanel, row: PanelRow) => [
  ...by.map((split) => row[columnOf(split)]),
  ...figures.map(({ column }) => row[column] === null),
];

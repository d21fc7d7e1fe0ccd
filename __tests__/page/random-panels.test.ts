/** What the page shows of random panels, read from a browser: the numbers of their rows, none left out, none added up that must not be. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type BrowserContext, chromium } from 'playwright-core';
import type { Overview, PanelView, Span } from '../../page/overview-reply';
import { type Page, startPage } from '../../page/server';
import { toView } from '../../page/to-view';
import type { CountPanel, Drawing, PanelRow } from '../../panels/panel';
import { createDuckDbReader } from '../../store/duckdb/reader';
import { CHROMIUM, CHROMIUM_FLAGS } from '../support/browser';
import { useEmbeddedStore } from '../support/engines/fill-stores';
import { delivery } from '../support/event-store-contract';
import { needs } from '../support/needs';
import { FROM, isShownByPage, isValid, makeEvents, randomPanel } from '../support/panels/random-panels';
import { rowsInDuckDb } from '../support/panels/same-numbers';
import { differencesOnPage, readPage } from '../support/panels/shown-numbers';

const HOUR = 3_600_000;
/** The last of its buckets is not full yet. */
const SPAN: Span = { from: FROM, to: FROM + 46 * HOUR, bucketMs: 4 * HOUR, live: true };
/** Without events from 20:00 to 24:00: a bucket that has no row. */
const events = () =>
  makeEvents(600, 5)
    .filter((event) => !/T2[0-3]:/.test(String((event as { '@timestamp': string })['@timestamp'])))
    .map((event) => delivery(event));

const DRAWINGS: readonly Drawing['as'][] = [
  'columns',
  'line',
  'lines',
  'figures',
  'ranking',
  'heat',
  'flow',
  'funnel',
  'share',
];
const EACH = 5;

const somePanels = fc
  .tuple(
    ...DRAWINGS.map((as) =>
      fc.array(
        randomPanel.filter((panel) => panel.drawing.as === as && isValid(panel) && isShownByPage(panel)),
        { minLength: EACH, maxLength: EACH },
      ),
    ),
  )
  .map((byDrawing) => byDrawing.flat().map((panel, at) => ({ ...panel, id: `random-${at}` })));

needs('Chromium', CHROMIUM)('random panels in a browser', () => {
  const store = useEmbeddedStore(events);
  let folder: string;
  let browser: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'page-'));
    browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
      ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
      headless: true,
      args: CHROMIUM_FLAGS,
    });
    page = await startPage({ reader: createDuckDbReader(store().query), status: () => STATUS, port: 0 });
  });
  afterAll(async () => {
    await page?.close();
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('show the numbers of their rows', async () => {
    await fc.assert(
      fc.asyncProperty(somePanels, async (panels) => {
        const rows = await Promise.all(panels.map((panel) => rowsInDuckDb(store(), panel, SPAN)));
        const tab = await browser.newPage();
        await tab.route('**/api/overview?*', (route) => route.fulfill({ json: overviewOf(panels, rows) }));
        await tab.goto(page.url);
        await tab
          .locator('[data-panel]')
          .nth(panels.length - 1)
          .waitFor();

        const shown = await readPage(tab);
        await tab.close();

        expect(panels.flatMap((panel, at) => differencesOnPage(panel, rows[at] ?? [], SPAN, shown))).toEqual([]);
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });
});

const STATUS = {
  read: 0,
  accepted: 0,
  stored: 0,
  processingFailed: 0,
  deliveryFailed: 0,
  dropped: 0,
  buffered: 0,
  streamUrl: 'http://127.0.0.1:1/',
  seconds: 0,
};

function overviewOf(panels: readonly CountPanel[], rows: readonly (readonly PanelRow[])[]): Overview {
  const views = panels.map((panel, at): PanelView => {
    return { id: panel.id, title: panel.title, columns: 6, view: toView(panel), rows: rows[at] ?? [] };
  });
  return {
    status: STATUS,
    extent: { events: 1, first: SPAN.from, last: SPAN.to - 1000 },
    span: SPAN,
    dashboards: [{ id: 'random', title: 'Random', panels: views }],
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page as Tab } from 'playwright-core';
import type { PipelineStatus } from '../../page/overview-reply';
import { type Page, startPage } from '../../page/server';
import { panels } from '../../panels/dashboards';
import { createDuckDbReader } from '../../store/duckdb/reader';
import { type DuckDbStore, openDuckDbStore } from '../../store/duckdb/store';
import { CHROMIUM, CHROMIUM_FLAGS } from '../support/browser';
import { delivery, EVENT } from '../support/event-store-contract';
import { needs } from '../support/needs';

const HOSTILE = '<img src=x onerror="document.title=\'pwned\'">';

/** The label that the panel gives a figure's column, or a part's value. */
function labelOf(id: string, name: string): string {
  const panel = panels.find((each) => each.id === id);
  if (panel?.kind !== 'count') throw new Error(`There is no count panel ${id}.`);
  const { drawing, figures } = panel;
  const parts = drawing.as === 'funnel' ? drawing.steps : drawing.as === 'share' ? drawing.parts : [];
  const found = figures.find(({ column }) => column === name) ?? parts.find(({ value }) => value === name);
  if (found === undefined) throw new Error(`Panel ${id} has no ${name}.`);
  return found.label;
}

const exactly = (text: string) => new RegExp(`^${text.replace(/[^\w ]/g, '\\$&')}$`);

needs('Chromium', CHROMIUM)('the page in a browser', () => {
  let folder: string;
  let store: DuckDbStore;
  let page: Page;
  let browser: BrowserContext;
  let tab: Tab;
  let complaints: string[];
  let status: PipelineStatus;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'page-'));
    browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
      ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
      headless: true,
      args: CHROMIUM_FLAGS,
      timezoneId: 'Australia/Sydney',
    });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    const nothing = {
      read: 0,
      accepted: 0,
      stored: 0,
      processingFailed: 0,
      deliveryFailed: 0,
      dropped: 0,
      buffered: 0,
    };
    status = { ...nothing, streamUrl: 'http://127.0.0.1:1/', seconds: 0 };
    store = await openDuckDbStore(join(folder, `${Date.now()}.duckdb`));
    page = await startPage({ reader: createDuckDbReader(store.query), status: () => status, port: 0 });
    complaints = [];
    tab = await browser.newPage();
    tab.setDefaultTimeout(15_000);
    tab.on('pageerror', ({ message }) => complaints.push(message));
    tab.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
  });
  afterEach(async () => {
    await tab.close();
    await page.close();
    await store.close();
  });

  const write = (...events: readonly object[]) => store.write(events.map((event) => delivery({ ...EVENT, ...event })));
  const now = () => ({ '@timestamp_utc': new Date().toISOString() });
  const showsFigure = (id: string, name: string, value: string) =>
    shows(`[data-panel=${id}] .figures div`, exactly(`${labelOf(id, name)}${value}`));
  const showsLegend = (id: string, name: string, value: string) =>
    shows(`[data-panel=${id}] .legend li`, exactly(`${labelOf(id, name)} ${value}`));
  const showsStep = (place: number, name: string, value: string) =>
    shows(`[data-panel=funnel] tr:nth-child(${place})`, exactly(`${labelOf('funnel', name)}${value}`));
  const shows = (selector: string, text: string | RegExp) => tab.locator(selector, { hasText: text }).first().waitFor();

  it('says that there are no clicks yet, then shows new ones without a reload', async () => {
    await tab.goto(page.url);
    await shows('#hint', 'No clicks yet');

    await write(
      { ...now(), response: 200, username: 'ada', page: '/shop/', request: 'GET /shop/ HTTP/1.1' },
      { ...now(), response: 200, username: 'ada', page: '/shop/' },
      { ...now(), response: 500, action: 'other' },
      { ...now(), response: 303, action: 'sign_up', outcome: 'success' },
      { ...now(), response: 403, action: 'sign_in', outcome: 'failure' },
    );
    status = { ...status, read: 1236, accepted: 1236, stored: 1233, processingFailed: 1, seconds: 1 };
    status = { ...status, deliveryFailed: 2, deliveryReasons: { 'wrong-type: bytes': 2 } };

    await showsFigure('figures', 'requests', '5');
    await showsFigure('figures', 'views', '2');
    await showsLegend('answers', 'error', '1');
    await showsLegend('answers', 'ok', '2');
    await showsLegend('signups', 'success', '1');
    await showsLegend('signins', 'failure', '1');
    await shows('[data-panel=users] tr', /^ada2$/);
    await shows('[data-panel=pages] tr', /^\/shop\/2$/);
    await shows('[data-panel=events] tr', 'GET /shop/ HTTP/1.1');
    await shows('#flow li', /^Read1,236/);
    await shows('#flow .alarm', /^Processing failed1/);
    await shows('#flow .alarm', /^Delivery failed2wrong-type: bytes 2$/);
    await tab.locator('#hint').waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
  });

  it('shows what clients sent as plain text', async () => {
    await write({
      ...now(),
      username: HOSTILE,
      page: HOSTILE,
      path: HOSTILE,
      request: HOSTILE,
      referer: HOSTILE,
      referer_page: HOSTILE,
      session: HOSTILE,
      browser: `${HOSTILE}\u202e`,
    });

    await tab.goto(page.url);

    await shows('[data-panel=users] tr', HOSTILE);
    await shows('[data-panel=pages] tr', HOSTILE);
    await shows('[data-panel=events] tr', `${HOSTILE}\\u{202e}`);
    await shows('[data-panel=flow] tr', `${HOSTILE} → ${HOSTILE}`);
    await shows('[data-panel=trail] tr', HOSTILE);
    expect(await tab.locator('main img').count()).toBe(0);
    expect(await tab.title()).toBe('clickstreamy');
    expect(complaints).toEqual([]);
  });

  it('draws the funnel in order, the paths from page to page, and the hours', async () => {
    const view = { session: 'a', page: '/shop/', referer_page: '/' };
    await write(
      { ...now(), ...view },
      { ...now(), ...view, session: 'b' },
      { ...now(), session: 'a', action: 'sign_in', outcome: 'success', bytes: 0 },
    );

    await tab.goto(page.url);
    await showsStep(1, 'page_view', '2 (100 %)');
    await showsStep(2, 'sign_up', '0 (0 %)');
    await showsStep(3, 'sign_in', '1 (50 %)');
    await shows('[data-panel=flow] tr', /^\/ → \/shop\/2$/);
    await showsLegend('bots', 'false', '3 (100 %)');
    await showsLegend('bandwidth', 'bytes', '4.7 kB');
    await tab.locator('[data-panel=hours] td[title$=": 2"]').waitFor();
    await shows('.dashboard', 'Visitor');
    expect(complaints).toEqual([]);
  });

  it('covers an old log without being asked, and then the chosen range', async () => {
    await write({ '@timestamp_utc': '2015-05-17T10:05:03Z' }, { '@timestamp_utc': '2015-05-20T21:05:15Z' });
    await tab.goto(page.url);
    await showsFigure('figures', 'requests', '2');
    await showsLegend('error-rate', 'rate', '0 %');
    expect(await tab.getByLabel('All').isChecked()).toBe(true);

    await tab.getByText('1 hour').click();

    await shows('#hint', 'No clicks in this range. The stored ones are from 17 May 2015 to 21 May 2015.');
    await showsFigure('figures', 'requests', '0');
    await showsLegend('error-rate', 'rate', '–');
    await tab.getByRole('button', { name: 'Show all' }).click();
    await showsFigure('figures', 'requests', '2');
    expect(complaints).toEqual([]);
  });

  it('reports a lost connection, and recovers when the server is back', async () => {
    await tab.goto(page.url);
    await shows('#connection', 'Live');

    await page.close();
    await shows('#connection', 'Not connected');
    page = await startPage({ reader: createDuckDbReader(store.query), status: () => status, port: page.port });
    await write(now());

    await shows('#connection', 'Live');
    await showsFigure('figures', 'requests', '1');
  });

  it('shows a chart’s values by pointer and by key', async () => {
    await write({ ...now(), response: 500 });
    await tab.goto(page.url);
    await showsLegend('answers', 'error', '1');
    const [ok, error, other] = ['ok', 'error', 'other'].map((name) => labelOf('answers', name));
    const plot = tab.getByRole('img', { name: `over time: ${error} 1, ${ok} 0, ${other} 0` });

    await plot.hover();
    await shows('[data-panel=answers] .tip', `${error} 0`);
    await tab.mouse.move(0, 0);
    await tab.locator('[data-panel=answers] .tip').waitFor({ state: 'hidden' });
    await plot.focus();
    for (let key = 0; key < 3; key++) await tab.keyboard.press('ArrowLeft');

    await tab.locator('[data-panel=answers] .tip').waitFor({ state: 'visible' });
    expect(complaints).toEqual([]);
  });
});

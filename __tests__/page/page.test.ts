import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page as Tab } from 'playwright-core';
import type { PipelineStatus } from '../../page/overview-reply';
import { type Page, startPage } from '../../page/server';
import { createDuckDbReader } from '../../store/duckdb/duckdb-reader';
import { type DuckDbStore, openDuckDbStore } from '../../store/duckdb/duckdb-store';
import { CHROMIUM, CHROMIUM_FLAGS } from '../support/browser';
import { delivery, EVENT } from '../support/event-store-contract';
import { needs } from '../support/needs';

const HOSTILE = '<img src=x onerror="document.title=\'pwned\'">';

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
  }, 60_000);
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
  const shows = (selector: string, text: string | RegExp) => tab.locator(selector, { hasText: text }).first().waitFor();

  it('says that there is nothing yet, then shows what comes without being loaded again', async () => {
    await tab.goto(page.url);
    await shows('#hint', 'No clicks yet');

    await write(
      { ...now(), response: 200, username: 'ada', page: '/shop/', request: 'GET /shop/ HTTP/1.1' },
      { ...now(), response: 200, username: 'ada', page: '/shop/' },
      { ...now(), response: 500, action: 'other' },
      { ...now(), response: 303, action: 'sign_up', outcome: 'success' },
      { ...now(), response: 403, action: 'sign_in', outcome: 'failure' },
    );
    status = { ...status, read: 1234, accepted: 1234, stored: 1233, processingFailed: 1, seconds: 1 };

    await shows('[data-panel=figures] div', /^requests5$/);
    await shows('[data-panel=figures] div', /^page views2$/);
    await shows('[data-panel=answers] .legend li', /^500 1$/);
    await shows('[data-panel=answers] .legend li', /^200 2$/);
    await shows('[data-panel=signups] .legend li', /^succeeded 1$/);
    await shows('[data-panel=signins] .legend li', /^failed 1$/);
    await shows('[data-panel=users] tr', /^ada2$/);
    await shows('[data-panel=pages] tr', /^\/shop\/2$/);
    await shows('[data-panel=events] tr', 'GET /shop/ HTTP/1.1');
    await shows('#flow li', /^read1,234/);
    await shows('#flow .alarm', /^not understood1/);
    await tab.locator('#hint').waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
  });

  it('shows what a client sent as text', async () => {
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

  it('draws the funnel in its order, the flow from page to page, and the hours', async () => {
    const view = { session: 'a', page: '/shop/', referer_page: '/' };
    await write(
      { ...now(), ...view },
      { ...now(), ...view, session: 'b' },
      { ...now(), session: 'a', action: 'sign_in', outcome: 'success', bytes: 0 },
    );

    await tab.goto(page.url);
    await shows('[data-panel=funnel] tr:nth-child(1)', /^visited2 \(100 %\)$/);
    await shows('[data-panel=funnel] tr:nth-child(2)', /^signed up0 \(0 %\)$/);
    await shows('[data-panel=funnel] tr:nth-child(3)', /^signed in1 \(50 %\)$/);
    await shows('[data-panel=flow] tr', /^\/ → \/shop\/2$/);
    await shows('[data-panel=bots] .legend li', /^people 3 \(100 %\)$/);
    await shows('[data-panel=error-rate] .legend li', /^5xx 0 %$/);
    await shows('[data-panel=bandwidth] .legend li', /^bytes 4.7 kB$/);
    await tab.locator('[data-panel=hours] td[title$=": 2"]').waitFor();
    await shows('.dashboard', 'Visitor');
    expect(complaints).toEqual([]);
  });

  it('looks at a log of years ago by itself, and goes where it is told', async () => {
    await write({ '@timestamp_utc': '2015-05-17T10:05:03Z' }, { '@timestamp_utc': '2015-05-20T21:05:15Z' });
    await tab.goto(page.url);
    await shows('[data-panel=figures] div', /^requests2$/);
    expect(await tab.getByLabel('All').isChecked()).toBe(true);

    await tab.getByText('1 hour').click();

    await shows('#hint', 'Nothing in this range: the clicks are from 17 May 2015 to 21 May 2015.');
    await shows('[data-panel=figures] div', /^requests0$/);
    await tab.getByRole('button', { name: 'Show all' }).click();
    await shows('[data-panel=figures] div', /^requests2$/);
    expect(complaints).toEqual([]);
  });

  it('says that the server is gone, and goes on when it is back', async () => {
    await tab.goto(page.url);
    await shows('#connection', 'live');

    await page.close();
    await shows('#connection', 'not connected');
    page = await startPage({ reader: createDuckDbReader(store.query), status: () => status, port: page.port });
    await write(now());

    await shows('#connection', 'live');
    await shows('[data-panel=figures] div', /^requests1$/);
  });

  it('reads a chart’s values out by pointer and by key', async () => {
    await write({ ...now(), response: 500 });
    await tab.goto(page.url);
    await shows('[data-panel=answers] .legend li', /^500 1$/);
    const plot = tab.getByRole('img', { name: 'Responses: 500 vs 200 over time: 500 1, 200 0, other 0' });

    await plot.hover();
    await shows('[data-panel=answers] .tip', /500 0/);
    await tab.mouse.move(0, 0);
    await tab.locator('[data-panel=answers] .tip').waitFor({ state: 'hidden' });
    await plot.focus();
    for (let key = 0; key < 3; key++) await tab.keyboard.press('ArrowLeft');

    await tab.locator('[data-panel=answers] .tip').waitFor({ state: 'visible' });
    expect(complaints).toEqual([]);
  });
});

/** The report as a file, and as a browser shows it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import { type HtmlReport, toHtmlReport } from '../../traffic/html/html-report';
import { CHROMIUM, CHROMIUM_FLAGS } from '../support/browser';
import { needs } from '../support/needs';

const HOSTILE = `</title><script>document.title='owned'</script><img src=x onerror="document.title='owned'">"'&`;
const TIMES = { p50: 1.2, p90: 3, p99: 40, max: 120 };
const BIN = { sent: 50, answered: 50, errors: 10, lost: 0, p50Ms: 1, p99Ms: 30 };
const REPORT: HtmlReport['report'] = {
  run: 'r7',
  seed: HOSTILE,
  end: 'complete',
  rate: 49.9,
  rateAsked: 50,
  seconds: 3.01,
  planned: 150,
  sent: 150,
  late: 0,
  answered: 150,
  unplanned: 0,
  lost: 0,
  errorShare: 0.2,
  errorsPlanned: 30,
  byStatus: { 200: 120, 500: 30 },
  signUps: 3,
  signIns: 4,
  users: 3,
  pageViews: 100,
  latencyMs: TIMES,
  lagMs: TIMES,
  worstSecond: 1,
  ledger: HOSTILE,
  expect: [
    { expect: 'p99<30', seen: 40, passed: false },
    { expect: 'errors=0.2', seen: 0.2, passed: true },
  ],
  passed: false,
};

function toReport(more: Partial<HtmlReport> = {}): string {
  return toHtmlReport({
    report: REPORT,
    target: HOSTILE,
    startedAt: new Date('2026-11-24T10:31:00Z'),
    binSeconds: 1,
    bins: [BIN, BIN, { ...BIN, lost: 3 }, { ...BIN, sent: 0 }],
    asked: [50, 50, 50, 0],
    ranges: [
      { upToMs: 0.9, count: 60 },
      { upToMs: 40, count: 90 },
    ],
    byPage: { [HOSTILE]: 100, '/': 50 },
    byAction: { page_view: 100 },
    ...more,
  });
}

describe('the HTML report', () => {
  it('has no script and loads nothing', () => {
    const text = toReport();

    expect(text).not.toMatch(/<script|<link|<img|url\(|@import/i);
    expect(text).toContain("default-src 'none'; style-src 'unsafe-inline'");
  });

  it('shows plan, result and missed thresholds', () => {
    const text = toReport();

    for (const words of ['49.9/s', '50/s asked', '20.00 %']) expect(text).toContain(words);
    expect(text).toMatch(/p99&lt;30.*>40<.*does not hold/);
    expect(text).toMatch(/errors=0\.2.*>0\.2<.*holds/);
  });

  it('says so if the run did not complete, and only then', () => {
    const [whole, broken] = [toReport(), toReport({ report: { ...REPORT, end: 'broken' } })];

    expect(whole).not.toContain('class="alarm"');
    expect(broken).toContain('broken off');
  });

  it.each([
    ['a run', {}],
    ['a run without any answer', { bins: [], asked: [], ranges: [], byPage: {}, byAction: {} }],
    ['a run of one answer', { bins: [{ ...BIN, sent: 1, answered: 1 }], asked: [], ranges: [{ upToMs: 3, count: 1 }] }],
  ])('draws %s with numbers only', (_what, more) => {
    expect(toReport(more)).not.toMatch(/NaN|Infinity|undefined/);
  });
});

needs('Chromium', CHROMIUM)('the HTML report in a browser', () => {
  it('shows hostile names as text, draws its charts, and requests nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'traffic-'));
    const file = join(folder, 'run.html');
    writeFileSync(file, toReport());
    const browser = await chromium.launch({ executablePath: CHROMIUM as string, args: CHROMIUM_FLAGS });
    try {
      const page = await browser.newPage();
      const [asked, said]: [string[], string[]] = [[], []];
      page.on('request', (request) => asked.push(request.url()));
      page.on('console', (message) => said.push(message.text()));

      await page.goto(`file://${file}`);

      expect(await page.title()).toBe(`Traffic r7: ${HOSTILE}`);
      expect(await page.textContent('h1')).toBe(`Traffic on ${HOSTILE}`);
      expect(await page.locator('figure svg').count()).toBe(3);
      expect(await page.locator('figure path.line').count()).toBe(4);
      expect({ asked, said }).toEqual({ asked: [`file://${file}`], said: [] });
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true });
    }
  });
});

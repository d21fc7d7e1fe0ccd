/** Traffic against the real demo site: the ledger and the access log, parsed by the transform, agree. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import type { ClickEvent } from '../../click/click-event';
import { parseAccessLine } from '../../etl/access-line';
import { describeAgent } from '../../etl/agent';
import { toClickEvent } from '../../etl/to-click-event';
import { startDemoSite } from '../../site/demo-site';
import { PRODUCTS } from '../../traffic/journeys';
import { runTraffic } from '../../traffic/run-traffic';

it('leaves a ledger that agrees with the site’s log, field by field', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'traffic-'));
  const [logFile, ledgerFile] = [join(folder, 'access_log'), join(folder, 'ledger.json')];
  const site = await startDemoSite({ port: 0, logFile });

  const report = await runTraffic({
    url: site.url,
    rate: 800,
    errors: 0.2,
    requests: 2400,
    run: 'r7',
    ledger: ledgerFile,
  });
  await site.close();
  const events = readFileSync(logFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map(toEvent)
    .filter(({ run }) => run === 'r7');
  const ledger = JSON.parse(readFileSync(ledgerFile, 'utf8'));
  rmSync(folder, { recursive: true });

  expect(report).toMatchObject({ planned: 2400, sent: 2400, answered: 2400, lost: 0, unplanned: 0, errorShare: 0.2 });
  expect(countBy(events, ({ response }) => response)).toEqual(ledger.byStatus);
  expect(countBy(events, ({ page }) => page)).toEqual(ledger.byPage);
  expect(countBy(events, ({ action }) => action)).toEqual(ledger.byAction);
  expect(countBy(events, ({ action, outcome }) => outcome && `${action} ${outcome}`)).toEqual(ledger.byOutcome);
  expect(countBy(events, ({ username }) => username)).toEqual(ledger.byUser);
  expect(
    countBy(
      events.filter(({ action }) => action === 'page_view'),
      ({ page }) => page,
    ),
  ).toEqual(ledger.pageViewsByPage);
  expect(countEach(Object.values(countBy(events, ({ session }) => session)))).toEqual(ledger.sessionsBySize);
  expect(report.signUps).toBeGreaterThan(0);
  expect(report.signIns).toBeGreaterThan(0);
  expect(countBy(events, ({ page }) => page)).toEqual(
    expect.objectContaining(Object.fromEntries(PRODUCTS.map((slug) => [`/products/${slug}/`, expect.any(Number)]))),
  );
  expect(new Set(events.map(({ host }) => host)).size).toBeGreaterThan(100);
});

function toEvent(line: string): ClickEvent {
  const parsed = parseAccessLine(line);
  if (typeof parsed === 'string') throw new Error(`${parsed}: ${line}`);
  return toClickEvent(parsed, describeAgent, new Set());
}

function countBy(events: readonly ClickEvent[], key: (event: ClickEvent) => string | number | undefined) {
  const counts: Record<string, number> = {};
  for (const event of events) {
    const name = key(event);
    if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function countEach(values: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

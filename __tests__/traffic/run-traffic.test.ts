import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Progress } from '../../traffic/progress';
import { type RunOptions, runTraffic } from '../../traffic/run-traffic';
import { startTestSite, type TestSite, type TestSiteOptions } from '../support/test-site';

let site: TestSite | undefined;
const started: TestSite[] = [];
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'traffic-'));
});
afterEach(async () => {
  for (const one of started.splice(0)) await one.close();
  rmSync(folder, { recursive: true });
});

async function run(options: RunOptions = {}, siteOptions: TestSiteOptions = {}) {
  site = await startTestSite(siteOptions);
  started.push(site);
  return runTraffic({ url: site.url, rate: 500, errors: 0.2, requests: 500, ...options });
}

describe('a run', () => {
  it('reports what it did', async () => {
    const report = await run({ run: 'r7', seed: 'monday' });

    const statuses = site?.seen.map(({ status }) => status) ?? [];
    expect(report).toMatchObject({ run: 'r7', seed: 'monday', end: 'complete', rateAsked: 500, ledger: null });
    expect(report).toMatchObject({
      planned: 500,
      sent: 500,
      answered: 500,
      lost: 0,
      unplanned: 0,
      errorShare: 0.2,
      errorsPlanned: 100,
    });
    expect(report.byStatus).toEqual(countBy(statuses));
    expect(report.pageViews).toBe(
      site?.seen.filter(({ path, status }) => status === 200 && !path.startsWith('/assets/')).length,
    );
    expect(report.latencyMs.max).toBeGreaterThanOrEqual(report.latencyMs.p50);
    expect(report.latencyMs.p50).toBeGreaterThan(0);
    // The last of 500 is due 499 times 2 ms after the first, and nothing is sent early.
    expect(report.seconds).toBeGreaterThanOrEqual(0.998);
  });

  it('leaves a ledger that agrees with the site, complete or stopped', async () => {
    const file = join(folder, 'ledger.json');

    const report = await run({ ledger: file, rate: 2000, requests: 4000 });

    const ledger = JSON.parse(readFileSync(file, 'utf8'));
    const seen = site?.seen ?? [];
    expect(report.ledger).toBe(file);
    expect(ledger).toMatchObject({
      run: report.run,
      seed: report.seed,
      end: 'complete',
      planned: 4000,
      sent: 4000,
      answered: 4000,
    });
    expect(ledger.byStatus).toEqual(countBy(seen.map(({ status }) => status)));
    expect(ledger.byUser).toEqual(countBy(seen.map(({ user }) => user).filter((user) => user !== undefined)));
    const linesOfSessions = countBy(seen.map(({ session }) => session).filter((session) => session !== undefined));
    expect(ledger.sessionsBySize).toEqual(countBy(Object.values(linesOfSessions)));
    expect(sum(ledger.byPage)).toBe(4000);
    expect(sum(ledger.byMinute)).toBe(4000);
    expect(sum(ledger.pageViewsByPage)).toBe(report.pageViews);
    expect(ledger).toMatchObject({ lost: 0, byLoss: {} });
    expect(ledger.uncertain).toEqual({ requests: 0, byPage: {}, byUser: {}, sessions: 0 });
  });

  it('counts requests without an answer separately', async () => {
    const file = join(folder, 'ledger.json');

    const report = await run(
      { ledger: file },
      {
        before: ({ socket }, _response, number) => {
          if (number % 50 === 0) socket.resetAndDestroy();
          return number % 50 === 0;
        },
      },
    );

    expect(report).toMatchObject({ end: 'complete', sent: 500, answered: 490, lost: 10 });
    const ledger = JSON.parse(readFileSync(file, 'utf8'));
    expect(ledger).toMatchObject({ lost: 10, byLoss: { reset: 10 } });
    expect(ledger.uncertain.requests).toBe(10);
    expect(sum(ledger.uncertain.byPage)).toBe(10);
  });

  it('goes on until it is stopped, and then reports what it did', async () => {
    const stop = new AbortController();
    const file = join(folder, 'ledger.json');

    const report = await run(
      { requests: undefined, signal: stop.signal, ledger: file },
      {
        before: (_request, _response, number) => {
          if (number === 200) stop.abort();
          return false;
        },
      },
    );

    expect(report.end).toBe('stopped');
    expect(report.sent).toBe(site?.seen.length);
    expect(report.answered).toBe(report.sent);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ ledger: 1, output: 'http', end: 'stopped' });
  });

  it('reports progress once a second', async () => {
    const heard: Progress[] = [];

    await run({ rate: 200, requests: 300, onProgress: (progress) => heard.push(progress) });

    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ rate: 200, planned: 300, lost: 0 });
    expect(heard[0]?.sent).toBeGreaterThan(0);
  });

  it('chooses a seed and a name for the run at random', async () => {
    const [first, second] = [await run({ requests: 1 }), await run({ requests: 1 })];

    expect(first.run).toMatch(/^[0-9a-z]{6}$/);
    expect(first.run).not.toBe(second.run);
    expect(first.seed).not.toBe(second.seed);
  });

  it('counts sign-ups of taken names as unplanned: the same seed twice on one site', async () => {
    const options = { seed: 'monday', rate: 500, requests: 1000 };
    const own = await startTestSite();
    started.push(own);
    const first = await runTraffic({ url: own.url, errors: 0, ...options });

    const second = await runTraffic({ url: own.url, errors: 0, ...options });

    expect(first.unplanned).toBe(0);
    expect(second.unplanned).toBe(first.signUps);
    expect(second.signUps).toBe(0);
  });
});

describe('before a run', () => {
  it('says so when nothing listens', async () => {
    const run = runTraffic({ url: 'http://127.0.0.1:1', rate: 50, errors: 0, requests: 1 });

    await expect(run).rejects.toMatchObject({ code: 'SITE_UNREACHABLE' });
  });

  it('says so when the server is not a web server', async () => {
    const server = createServer((socket) => socket.end('220 mail.example.org ESMTP\r\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));

    const run = runTraffic({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      rate: 50,
      errors: 0,
      requests: 1,
    });

    await expect(run).rejects.toMatchObject({ code: 'SITE_UNREACHABLE' });
    server.close();
  });

  it('says so when the site has no error route, or not for us', async () => {
    const [none, denied] = [run({}, { errorRoute: false }), run({ token: 'wrong' }, { token: 'right' })];

    await expect(none).rejects.toMatchObject({ code: 'NO_ERROR_ROUTE' });
    await expect(denied).rejects.toMatchObject({ code: 'NO_ERROR_ROUTE' });
    expect(site?.seen).toEqual([]);
  });

  it('says so when the site does not delay answers on request', async () => {
    await expect(run({ slow: 0.1 })).rejects.toMatchObject({ code: 'NO_SLOW_REPLIES' });
    expect(site?.seen).toEqual([]);
  });

  it('needs pages that break, not the error route, to spread errors', async () => {
    const report = await run({ errorMode: 'spread', requests: 100 }, { errorRoute: false });

    expect(report).toMatchObject({ answered: 100, errorShare: 0.2, unplanned: 0 });
    expect(site?.seen.filter(({ path }) => path === '/demo-error/')).toEqual([]);
  });

  it('needs no error route without errors', async () => {
    const report = await run({ errors: 0, requests: 10 }, { errorRoute: false });

    expect(report).toMatchObject({ answered: 10, errorShare: 0 });
  });

  it('leaves an older ledger alone when the site does not answer', async () => {
    const file = join(folder, 'ledger.json');
    writeFileSync(file, 'older');

    await runTraffic({ url: 'http://127.0.0.1:1', rate: 50, errors: 0, requests: 1, ledger: file }).catch(() => {});

    expect(readFileSync(file, 'utf8')).toBe('older');
  });

  it('says so when the ledger cannot be written, and sends nothing', async () => {
    writeFileSync(join(folder, 'file'), '');

    const attempt = run({ ledger: join(folder, 'file', 'ledger.json') });

    await expect(attempt).rejects.toMatchObject({ code: 'LEDGER_NOT_WRITABLE' });
    expect(site?.seen).toEqual([]);
  });
});

function countBy(values: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, one) => total + one, 0);

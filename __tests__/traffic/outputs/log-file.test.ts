/** `traffic --out`: the file matches the ledger, however the run ends. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunOptions, runTraffic } from '../../../traffic/run-traffic';
import { countEvents, ledgerCounts } from '../../support/count-events';
import { readLine } from '../../support/log-line';

const FROM = new Date('2026-11-01T00:00:00Z');
let folder = '';
let out = '';
let ledgerFile = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-file-'));
  out = join(folder, 'access_log');
  ledgerFile = join(folder, 'ledger.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (options: RunOptions) =>
  runTraffic({ run: 'r7', seed: 'monday', errors: 0.2, ledger: ledgerFile, ...options });
const readLedger = () => JSON.parse(readFileSync(ledgerFile, 'utf8'));
const linesOf = (text: string) => text.split('\n').slice(0, -1);

describe('the lines of a time span', () => {
  it('come through the transform with the totals of the ledger', async () => {
    const report = await run({
      out,
      from: FROM,
      to: new Date('2026-11-01T06:00:00Z'),
      rate: 0.5,
      notFound: 0.05,
      users: 300,
    });

    const lines = linesOf(readFileSync(out, 'utf8'));
    expect(report).toMatchObject({
      end: 'complete',
      planned: 10_800,
      sent: 10_800,
      answered: 10_800,
      lost: 0,
      unplanned: 0,
    });
    expect(countEvents(lines)).toEqual(ledgerCounts(readLedger()));
    expect(readLedger()).toMatchObject({ output: 'file', startedAt: FROM.toISOString(), sent: 10_800 });
  });

  it('are the same for the same run, seed and span', async () => {
    const again = join(folder, 'again');

    await run({ out, from: FROM, requests: 5000 });
    await run({ out: again, from: FROM, requests: 5000 });

    expect(readFileSync(again).equals(readFileSync(out))).toBe(true);
  });

  it('are the same compressed', async () => {
    const packed = `${out}.gz`;

    await run({ out, from: FROM, requests: 5000 });
    await run({ out: packed, from: FROM, requests: 5000 });

    expect(gunzipSync(readFileSync(packed)).equals(readFileSync(out))).toBe(true);
  });

  it('replace what the file held', async () => {
    writeFileSync(out, 'older\n'.repeat(1000));

    await run({ out, from: FROM, requests: 1 });

    expect(linesOf(readFileSync(out, 'utf8'))).toHaveLength(1);
  });
});

describe('the lines of a live run', () => {
  it('are written by the clock, with the time of the plan', async () => {
    const before = Date.now();

    const report = await run({ out, rate: 100, requests: 100 });

    const after = Date.now();
    const lines = linesOf(readFileSync(out, 'utf8'));
    // The last of 100 is due 99 times 10 ms after the first, and nothing is written early.
    expect(report.seconds).toBeGreaterThanOrEqual(0.99);
    expect(lines).toHaveLength(100);
    for (const line of lines) {
      const ms = Date.parse(readLine(line).time.replace(/^(\d+)\/(\w+)\/(\d+):/, '$1 $2 $3 '));
      // A log's time has whole seconds.
      expect(ms).toBeGreaterThanOrEqual(before - 1000);
      expect(ms).toBeLessThanOrEqual(after);
    }
    expect(countEvents(lines)).toEqual(ledgerCounts(readLedger()));
  });

  it('have new ids each time, even under the same name', async () => {
    const idsOf = async () => {
      await run({ out, rate: 10_000, requests: 10 });
      return linesOf(readFileSync(out, 'utf8')).map((line) => readLine(line).id);
    };

    const ids = [...(await idsOf()), ...(await idsOf())];

    expect(new Set(ids).size).toBe(20);
  });

  it('end with a whole line when the run is stopped, and match the ledger', async () => {
    const stop = new AbortController();
    const stopWhenWritten = setInterval(() => {
      if (existsSync(out) && readFileSync(out).length > 0) stop.abort();
    }, 5);

    const report = await run({ out, rate: 1000, signal: stop.signal });

    clearInterval(stopWhenWritten);
    const lines = linesOf(readFileSync(out, 'utf8'));
    expect(report.end).toBe('stopped');
    expect(report.sent).toBe(lines.length);
    expect(countEvents(lines)).toEqual(ledgerCounts(readLedger()));
  });
});

describe('a file that cannot be written', () => {
  it('is reported before the run, and nothing is left behind', async () => {
    const attempt = run({ out: join(folder, 'nowhere', 'access_log'), from: FROM, requests: 10 });

    await expect(attempt).rejects.toMatchObject({ code: 'OUT_NOT_WRITABLE' });
    expect(existsSync(ledgerFile)).toBe(false);
  });

  it('stays as it is until the run begins', async () => {
    writeFileSync(out, 'older');

    await run({ out, ledger: join(folder, 'nowhere', 'ledger'), from: FROM, requests: 10 }).catch(() => {});

    expect(readFileSync(out, 'utf8')).toBe('older');
  });
});

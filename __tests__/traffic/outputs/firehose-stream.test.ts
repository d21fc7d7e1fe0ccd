/** `traffic --stream` against an endpoint that fails as Firehose does: every record arrives, and the ledger says so. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunOptions, runTraffic } from '../../../traffic/run-traffic';
import { countEvents, ledgerCounts } from '../../support/count-events';
import { type Endpoint, openEndpoint } from '../../support/shipper-endpoint';

const FROM = new Date('2026-11-01T00:00:00Z');
let folder = '';
let ledgerFile = '';
let endpoint: Endpoint;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firehose-stream-'));
  ledgerFile = join(folder, 'ledger.json');
  endpoint = await openEndpoint();
});
afterEach(async () => {
  await endpoint.close();
  rmSync(folder, { recursive: true });
});

const run = (options: RunOptions) =>
  runTraffic({ run: 'r7', errors: 0.2, ledger: ledgerFile, stream: 'clicks', endpoint: endpoint.url.href, ...options });
const readLedger = () => JSON.parse(readFileSync(ledgerFile, 'utf8'));
const arrived = () => endpoint.lines.map((line) => line.slice(0, -1));

describe('a span of time', () => {
  it('arrives whole, each line once, though one record in twenty is refused', async () => {
    endpoint.behave = () => (index) => index % 20 === 7;

    const report = await run({ from: FROM, requests: 20_000, rate: 0.5 });

    expect(report).toMatchObject({ end: 'complete', sent: 20_000, answered: 20_000, lost: 0, maybeTwice: 0 });
    expect(report['resent']).toBeGreaterThanOrEqual(1000);
    expect(endpoint.lines).toHaveLength(20_000);
    expect(countEvents(arrived())).toEqual(ledgerCounts(readLedger()));
    expect(readLedger()).toMatchObject({ output: 'stream', startedAt: FROM.toISOString() });
  });

  it('goes in calls of at most 500 records and 4 MiB', async () => {
    await run({ from: FROM, requests: 5000 });

    for (const records of endpoint.batches) {
      expect(records.length).toBeLessThanOrEqual(500);
      expect(records.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(4 * 1024 * 1024);
    }
    expect(endpoint.batches.filter(({ length }) => length === 500).length).toBeGreaterThanOrEqual(8);
  });

  it.each(['503', 'throttle', 'reset', 'empty'] as const)(
    'arrives once when calls are answered with %s for a while',
    async (fault) => {
      endpoint.behave = (call) => (call < 6 ? fault : 'accept');

      const report = await run({ from: FROM, requests: 3000 });

      expect(report).toMatchObject({ end: 'complete', answered: 3000, lost: 0 });
      expect(countEvents(arrived())).toEqual(ledgerCounts(readLedger()));
      expect(endpoint.lines).toHaveLength(3000);
    },
  );

  it('says which records may be there twice: those sent again after a call without an answer', async () => {
    endpoint.behave = (call) => (call === 1 ? 'lost' : 'accept');

    const report = await run({ from: FROM, requests: 3000 });

    expect(report).toMatchObject({ answered: 3000, lost: 0, maybeTwice: endpoint.lines.length - 3000 });
    expect(report['maybeTwice']).toBeGreaterThan(0);
    expect(new Set(endpoint.lines).size).toBe(3000);
  });

  it('ends when the stream does not exist, and the ledger holds what was accepted before', async () => {
    endpoint.behave = (call) => (call < 10 ? 'accept' : 'not-found');

    const report = await run({ from: FROM, requests: 50_000 });

    expect(report).toMatchObject({ end: 'broken', fault: { code: 'FIREHOSE_REFUSED' } });
    expect(report.fault?.message).toMatch(/^There is no delivery stream clicks at http:/);
    expect(countEvents(arrived())).toEqual(ledgerCounts(readLedger()));
    expect(readLedger()).toMatchObject({ end: 'broken', answered: endpoint.lines.length, uncertain: { requests: 0 } });
  });
});

describe('a run of now', () => {
  it('arrives by the clock', async () => {
    const report = await run({ rate: 200, requests: 200 });

    // The last of 200 is due 199 times 5 ms after the first, and nothing is sent early.
    expect(report.seconds).toBeGreaterThanOrEqual(0.995);
    expect(countEvents(arrived())).toEqual(ledgerCounts(readLedger()));
    expect(endpoint.batches.length).toBeGreaterThan(3);
  });

  it('can be stopped, also when calls have no answer: these are uncertain', async () => {
    endpoint.behave = (call) => (call < 3 ? 'accept' : 'hold');
    const stop = new AbortController();
    const stopWhenHeld = setInterval(() => {
      if (endpoint.batches.length > 3) stop.abort();
    }, 5);

    const report = await run({ rate: 500, signal: stop.signal });

    clearInterval(stopWhenHeld);
    endpoint.release();
    expect(report.end).toBe('stopped');
    expect(report.lost).toBeGreaterThan(0);
    expect(report.sent).toBe(report.answered + report.lost);
    expect(readLedger()).toMatchObject({ answered: report.answered, uncertain: { requests: report.lost } });
  });
});

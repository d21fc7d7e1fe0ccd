/** Shards of one plan: together they are the plan, and their ledgers add up to its ledger. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LedgerFile } from '../../../traffic/ledger-file';
import { mergeLedgers, parseLedger, type ShardLedger } from '../../../traffic/merge';
import { type PlannedRequest, planRequests } from '../../../traffic/plan';
import { runTraffic } from '../../../traffic/run-traffic';
import { createShards, toShardPlan } from '../../../traffic/shard';

const plan = (options: { seed?: string; users?: number; requests?: number } = {}) =>
  planRequests({ seed: 'monday', rate: 50, errors: 0.2, users: 1000, requests: 3000, ...options });
const shardsOf = (count: number, options = {}) => {
  const shardOf = createShards(count);
  const shards = Array.from({ length: count }, (): PlannedRequest[] => []);
  for (const request of plan(options)) shards[shardOf(request) - 1]?.push(request);
  return shards;
};

const seeds = fc.string();
const counts = fc.integer({ min: 1, max: 12 });

describe('the shards of a plan', () => {
  it('are the plan, each request once', () => {
    fc.assert(
      fc.property(seeds, counts, (seed, count) => {
        const all = Array.from({ length: count }, (_, place) => [
          ...toShardPlan(plan({ seed, requests: 500 }), { number: place + 1, count }).requests,
        ]).flat();

        expect(all.sort((a, b) => a.index - b.index)).toEqual([...plan({ seed, requests: 500 })]);
      }),
      { numRuns: 25 },
    );
  });

  it('keep a visitor’s requests together, and all visitors with one name', () => {
    fc.assert(
      fc.property(seeds, counts, fc.integer({ min: 1, max: 200 }), (seed, count, users) => {
        const homes = new Map<string | number, number>();

        for (const [shard, requests] of shardsOf(count, { seed, users }).entries()) {
          for (const { visitor } of requests) {
            for (const key of [visitor.number, visitor.user ?? visitor.number]) {
              expect(homes.get(key) ?? shard).toBe(shard);
              homes.set(key, shard);
            }
          }
        }
      }),
      { numRuns: 10 },
    );
  });

  it('have about the same number of requests, even when many visitors share a hundred names', () => {
    for (const users of [100, 10_000]) {
      const sizes = shardsOf(8, { users, requests: 20_000 }).map(({ length }) => length);

      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(40);
    }
  });

  it('know their number of requests in each second once it is over', () => {
    const part = toShardPlan(plan(), { number: 2, count: 3 });

    const requests = [...part.requests];

    const inSecond = (second: number) => requests.filter(({ atMs }) => Math.floor(atMs / 1000) === second).length;
    const seconds = Array.from({ length: 60 }, (_, second) => second);
    expect(seconds.map(part.plannedIn)).toEqual(seconds.map(inSecond));
    expect(part.errors).toBe(requests.filter(({ expect: { status } }) => status === 500).length);
  });
});

describe('merged ledgers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shards-'));
  const ledgerOf = async (
    seed: string,
    shard?: { number: number; count: number },
    run = 'r7',
  ): Promise<ShardLedger> => {
    const name = join(folder, `ledger-${shard?.number ?? 'whole'}.json`);
    const from = new Date('2026-11-01T00:00:00Z');
    await runTraffic({
      out: '/dev/null',
      from,
      run,
      seed,
      rate: 5,
      errors: 0.2,
      requests: 2000,
      users: 50,
      shard,
      ledger: name,
    });
    return parseLedger(name, readFileSync(name, 'utf8'));
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are the ledger of the whole run', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 5 }), async (seed, count) => {
        const numbers = Array.from({ length: count }, (_, place) => place + 1);
        const shards: ShardLedger[] = [];
        for (const number of numbers) shards.push(await ledgerOf(seed, { number, count }));

        const merged = mergeLedgers(shards.reverse());

        expect(merged).toEqual((await ledgerOf(seed)).ledger);
      }),
      { numRuns: 8 },
    );
  });

  it('have the most severe end of the shards, and the earliest start', async () => {
    const [one, two] = [await ledgerOf('a', { number: 1, count: 2 }), await ledgerOf('a', { number: 2, count: 2 })];
    const late = {
      ...two,
      ledger: { ...two.ledger, startedAt: '2026-11-01T00:00:02.000Z', end: 'stopped' } as LedgerFile,
    };

    const merged = mergeLedgers([late, one]);

    expect(merged).toMatchObject({ end: 'stopped', startedAt: '2026-11-01T00:00:00.000Z' });
  });

  it('are refused when a shard is missing, unless that is allowed; the ledger then names it', async () => {
    const shards = [await ledgerOf('a', { number: 1, count: 3 }), await ledgerOf('a', { number: 3, count: 3 })];

    expect(() => mergeLedgers(shards)).toThrow(/^Of 3 shards, 2 is missing\./);
    expect(mergeLedgers(shards, true)).toMatchObject({ missingShards: [2] });
  });

  it('are refused unless they are the shards of one run, each once', async () => {
    const one = await ledgerOf('a', { number: 1, count: 2 });
    const others: [ShardLedger, RegExp][] = [
      [one, /are both from shard 1\./],
      [await ledgerOf('b', { number: 2, count: 2 }), /their seed is a and b\./],
      [await ledgerOf('a', { number: 2, count: 2 }, 'r8'), /their run is r7 and r8\./],
      [await ledgerOf('a', { number: 2, count: 4 }), /their number of shards is 2 and 4\./],
      [await ledgerOf('a'), /is the ledger of a whole run/],
    ];

    for (const [other, why] of others) expect(() => mergeLedgers([one, other])).toThrow(why);
  });

  it.each([
    ['{', /is not JSON/],
    ['{"run":"r7"}', /cannot be used: ledger is missing/],
    ['{"ledger":99}', /the version that this program knows/],
  ])('are refused when a file is not a ledger: %s', (text, why) => {
    expect(() => parseLedger('file', text)).toThrow(why);
  });
});

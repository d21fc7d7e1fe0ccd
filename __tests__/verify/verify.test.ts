/** `clickstreamy verify` as a user runs it, on data folders. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { runTogether } from '../support/run-together';
import { killAll, startLocal, traffic, verify } from '../support/verify-commands';

const REQUESTS = 400;

let folder: string;
let ledger: string;
let data: string;

/** One run from a log, for all tests on a store that is not in use. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-'));
  ledger = join(folder, 'ledger.json');
  data = join(folder, 'data');
  const log = join(folder, 'access_log');
  const span = ['--from', '2026-11-01', '--requests', String(REQUESTS)];
  await traffic('--out', log, ...span, '--errors', '0.2', '--run', 'monday', '--ledger', ledger);
  await startLocal('--log', log, '--once', '--data', data).ended;
});
afterEach(killAll);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A copy of the store with some rows changed. */
async function storeWith(...statements: readonly string[]): Promise<string> {
  const copy = await mkdtemp(join(folder, 'store-'));
  await cp(join(data, 'events.duckdb'), join(copy, 'events.duckdb'));
  const instance = await DuckDBInstance.create(join(copy, 'events.duckdb'));
  const connection = await instance.connect();
  for (const statement of statements) await connection.run(statement);
  connection.closeSync();
  instance.closeSync();
  return copy;
}

const ONE = '(SELECT _id FROM events ORDER BY _id LIMIT 1)';
const copyOf = (changes: string) =>
  `INSERT INTO events SELECT * REPLACE (gen_random_uuid() AS _id${changes}) FROM events WHERE _id = ${ONE}`;

it('balances a log that was stored once', async () => {
  const { code, out } = await verify(['--ledger', ledger, '--store', data, '--json']);

  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    ...{ balanced: true, sent: REQUESTS, stored: REQUESTS, lost: 0, duplicated: 0, unexplained: 0 },
    runs: [{ run: 'monday', balanced: true, uncertain: 0 }],
  });
});

it('balances traffic on the demo site, while the pipeline runs and afterwards', async () => {
  const liveData = join(folder, 'live');
  const [live, again] = [join(folder, 'live.json'), join(folder, 'again.json')];
  const run = startLocal('--port', '0', '--rate', '0', '--data', liveData);
  const site = ['--url', await run.site(), '--rate', '200', '--errors', '0.2'];

  await traffic(...site, '--requests', '300', '--ledger', live);
  const during = await verify(['--ledger', live, '--store', liveData, '--json']);
  await traffic(...site, '--requests', '100', '--ledger', again);
  await run.stop();
  const after = await verify(['--ledger', live, '--ledger', again, '--store', liveData, '--json']);

  expect(during).toMatchObject({ code: 0 });
  expect(JSON.parse(during.out)).toMatchObject({ balanced: true, sent: 300, stored: 300 });
  expect(after).toMatchObject({ code: 0 });
  expect(JSON.parse(after.out)).toMatchObject({ balanced: true, sent: 400, stored: 400, runs: [{}, {}] });
});

it('finds a lost event', async () => {
  const store = await storeWith(`DELETE FROM events WHERE _id = ${ONE}`);

  const { code, out, err } = await verify(['--ledger', ledger, '--store', store, '--json']);

  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    balanced: false,
    stored: REQUESTS - 1,
    lost: 1,
    duplicated: 0,
    unexplained: 0,
  });
  expect(err).toMatch(/^error \[LEDGER_UNBALANCED\]: The totals do not balance: 1 lost\.\n→ .+\n$/);
});

it('names an event that is stored twice', async () => {
  const store = await storeWith(copyOf(''));

  const { code, out } = await verify(['--ledger', ledger, '--store', store, '--json']);

  const verdict = JSON.parse(out);
  expect(code).toBe(1);
  expect(verdict).toMatchObject({ balanced: false, stored: REQUESTS + 1, lost: 0, duplicated: 1, unexplained: 0 });
  expect(verdict.runs[0].duplicates).toEqual([expect.stringMatching(/^[\w-]{24}$/)]);
});

it('names an event that nobody sent, in text that is safe for a terminal', async () => {
  const store = await storeWith(
    copyOf(
      `, 'forged' AS request_id, '/x' || chr(27) || '[31m/' AS page, 'GET /x' || chr(8238) || ' HTTP/1.1' AS request`,
    ),
  );

  const { code, out } = await verify(['--ledger', ledger, '--store', store]);

  expect(code).toBe(1);
  expect(out).toContain('lost 0, duplicated 0, unexplained 1\n');
  expect(out).toContain('page /x·[31m/, not in the ledger:\n');
  expect(out).toMatch(/ {2}GET \/x· HTTP\/1\.1 .*request forged\n/);
});

it('adds up the ledgers of a run’s shards, and needs all of them', async () => {
  const shards = await mkdtemp(join(folder, 'shards-'));
  const names = ['one', 'two'].map((name) => join(shards, name));
  const span = ['--from', '2026-11-01', '--requests', '200', '--seed', 'x', '--run', 'parts'];
  for (const [at, name] of names.entries()) {
    await traffic('--out', `${name}.log`, ...span, '--shard', `${at + 1}/2`, '--ledger', `${name}.json`);
  }
  await startLocal('--log', join(shards, '*.log'), '--once', '--data', join(shards, 'data')).ended;
  const check = (...ledgers: readonly string[]) =>
    verify([...ledgers.flatMap((name) => ['--ledger', `${name}.json`]), '--store', join(shards, 'data'), '--json']);

  const [both, one] = [await check(...names), await check(...names.slice(0, 1))];

  expect(both).toMatchObject({ code: 0, out: expect.stringMatching(/^\{"balanced":true,"sent":200,/) });
  expect(one).toMatchObject({ code: 1, out: '', err: expect.stringContaining('Of 2 shards, 2 is missing') });
});

it('checks figures without a ledger, over all events or one run', async () => {
  const { byStatus, byOutcome } = JSON.parse(await readFile(ledger, 'utf8'));
  const signUps = byOutcome['sign_up success'];
  const expected = [`events=${REQUESTS}`, `signUps=${signUps}`, `byStatus.500=${byStatus['500']}`, 'errors=0.2'];
  const flags = ['--store', data, '--json', ...expected.flatMap((text) => ['--expect', text])];

  const [all, monday, tuesday] = [
    await verify(flags),
    await verify([...flags, '--run', 'monday']),
    await verify([...flags, '--run', 'tuesday']),
  ];

  expect([all.code, monday.code, tuesday.code]).toEqual([0, 0, 1]);
  expect(JSON.parse(all.out)).toMatchObject({ balanced: true, sent: null, stored: REQUESTS, lost: null, runs: [] });
  expect(tuesday.err).toContain('has no event of the run tuesday; it has monday.');
});

it('checks a figure over the ledger’s run', async () => {
  const { code, out, err } = await verify(['--ledger', ledger, '--store', data, '--expect', 'events<10', '--json']);

  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ balanced: false, lost: 0, expect: [{ seen: REQUESTS, passed: false }] });
  expect(err).toContain(`events<10 (it is ${REQUESTS})`);
});

describe('input that it cannot use is reported in one sentence', () => {
  const fails = async (code: number, sentence: RegExp, ...args: readonly string[]) => {
    const ended = await verify(args);

    expect(ended).toMatchObject({ code, out: '', err: expect.stringMatching(sentence) });
    expect(ended.err).toMatch(/^error \[[A-Z_]+\]: .+\n→ .+\n$/);
  };

  it.each<[string, string, RegExp]>([
    ['no JSON', 'x', /is not JSON/],
    ['another version', '{"ledger":2}', /cannot be used: ledger: must be 1/],
  ])('a ledger that is %s', async (_, text, sentence) => {
    const file = join(folder, 'unusable.json');
    await writeFile(file, text);

    await fails(1, sentence, '--ledger', file, '--store', data);
  });

  it('a ledger that is missing or incomplete', async () => {
    const cut = join(folder, 'cut.json');
    const { byPage: _, ...rest } = JSON.parse(await readFile(ledger, 'utf8'));
    await writeFile(cut, JSON.stringify(rest));

    await fails(
      1,
      /none\.json cannot be read: it does not exist/,
      '--ledger',
      join(folder, 'none.json'),
      '--store',
      data,
    );
    await fails(1, /cut\.json is not a whole ledger: byPage/, '--ledger', cut, '--store', data);
  });

  it('a store that is missing or unreadable', async () => {
    const empty = await mkdtemp(join(folder, 'empty-'));
    await fails(1, /holds no events\.duckdb/, '--ledger', ledger, '--store', empty);
    await writeFile(join(empty, 'events.duckdb'), 'no store at all'.repeat(1000));

    await fails(1, /the store .* cannot be read/, '--ledger', ledger, '--store', empty);
    await fails(1, /cannot be reached/, '--ledger', ledger, '--store', 'http://127.0.0.1:1');
  });

  it('a run that is not in the store', async () => {
    const other = join(folder, 'other.json');
    await writeFile(other, JSON.stringify({ ...JSON.parse(await readFile(ledger, 'utf8')), run: 'tuesday' }));

    const { code, out, err } = await verify(['--ledger', other, '--store', data, '--json']);

    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ balanced: false, stored: 0, lost: REQUESTS });
    expect(err).toMatch(/^error \[RUN_NOT_STORED\]: .* has no event of the run tuesday; it has monday\.\n→ .+\n$/);
  });

  it('is wrong usage where options are missing or contradict each other', () => {
    const wrong: readonly (readonly [sentence: string, args: readonly string[]])[] = [
      ['say what was sent', []],
      ['names a figure that the store does not have', ['--expect', 'speed=1']],
      ['are the same ledger', ['--ledger', ledger, '--ledger', ledger]],
      ['a ledger names its run', ['--ledger', ledger, '--run', 'x']],
      ['belong to a search engine', ['--ledger', ledger, '--index', 'x']],
    ];

    const ended = runTogether(wrong.map(([, args]) => ({ args: ['verify', '--store', data, ...args] })));

    for (const [at, [sentence]] of wrong.entries()) {
      const stderr = expect.stringMatching(new RegExp(`^error \\[USAGE\\]: .*${sentence}.*\n→ .+\n$`));
      expect(ended[at]).toEqual({ status: 2, stdout: '', stderr });
    }
  });
});

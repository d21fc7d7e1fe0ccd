/** `clickstreamy verify --store URL` as a user runs it, on real search nodes. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { HttpClient } from '../../core/http-client';
import { openDuckDbReadOnly } from '../../store/duckdb/read-only';
import { askEngine } from '../../store/search/engine';
import { createSearchRunReader } from '../../store/search/run-reader';
import { describeEngines } from '../support/engines/engines';
import { clientOf, dropIndex, freshIndex, readDocuments } from '../support/engines/use-index';
import { killAll, startLocal, traffic, verify } from '../support/verify-commands';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-engine-'));
});
afterEach(async () => {
  killAll();
  await rm(folder, { recursive: true, force: true });
});

describeEngines('clickstreamy verify --store URL', (name, url) => {
  const isTyped = name.startsWith('elasticsearch-6');
  let client: HttpClient;
  let index: string;
  beforeEach(() => {
    client = clientOf(url());
    index = freshIndex();
  });
  afterEach(() => dropIndex(client, index));

  const put = (into: string, id: string, json: object) =>
    askEngine(
      client,
      { method: 'PUT', path: `/${into}/${isTyped ? 'clickstream' : '_doc'}/${id}`, json },
      z.object({}),
    );

  it('balances traffic that went through the pipeline, and names what is wrong', async () => {
    const ledger = join(folder, 'ledger.json');
    const data = join(folder, 'data');
    const run = startLocal('--port', '0', '--rate', '0', '--data', data, '--store', url(), '--index', index);
    const site = await run.site();
    const check = (store: string, ...flags: string[]) =>
      verify(['--ledger', ledger, '--json', '--store', store, ...flags]);

    await traffic('--url', site, '--rate', '200', '--requests', '400', '--errors', '0.2', '--ledger', ledger);
    const asked = await check(url(), '--index', index);
    const throughPage = await check(data);
    await run.stop();
    const { run: ofRun } = JSON.parse(await readFile(ledger, 'utf8'));
    const documents = Object.values(await readDocuments(client, index));
    const [click = {}] = documents.filter((document) => document['run'] === ofRun);
    // In the rotated index of another day: no engine would notice that the two are the same event.
    await put(`${index}-2026-11-25`, 'copy', click);
    await put(index, 'forged', { ...click, request_id: 'forged', page: '/forged/' });
    const wrong = await check(url(), '--index', index);

    for (const { code, out } of [asked, throughPage]) {
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ balanced: true, sent: 400, stored: 400, lost: 0, duplicated: 0 });
    }
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.out)).toMatchObject({
      ...{ balanced: false, stored: 402, lost: 0, duplicated: 1, unexplained: 1 },
      runs: [{ duplicates: [click['request_id']], examples: [{ key: '/forged/', events: [{ requestId: 'forged' }] }] }],
    });
  });

  it('has the totals of the embedded store, over more events than an engine returns at once', async () => {
    const log = join(folder, 'access_log');
    await traffic('--out', log, '--from', '2026-11-01', '--rate', '20', '--requests', '35000', '--run', 'many');
    const data = join(folder, 'data');
    await startLocal('--log', log, '--once', '--data', data).ended;
    await startLocal('--log', log, '--once', '--store', url(), '--index', index).ended;

    const embedded = await openDuckDbReadOnly(join(data, 'events.duckdb'));
    const searched = createSearchRunReader(client, index);
    const totals = await searched.readRunTotals('many');
    const others = await Promise.all([embedded.readRunTotals('many'), embedded.readRuns(), searched.readRuns()]);
    await embedded.close();

    expect(totals.stored).toBe(35_000);
    expect(others).toEqual([totals, ['many'], ['many']]);
  });

  it('reports an index that is missing, and one made without the template', async () => {
    const flags = ['--store', url(), '--index', index, '--expect', 'events=1', '--wait', '0'];

    const absent = await verify(flags);
    await put(index, 'guessed', { page: '/', run: 'x' });
    const guessed = await verify(flags);

    expect(absent).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`has no index ${index}`) });
    expect(guessed).toMatchObject({ code: 1, out: '', err: expect.stringContaining('was made without the template') });
  });

  it('reports refused credentials', async () => {
    const gate = createServer((_, response) => {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"message":"no"}');
    });
    await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
    const store = `http://127.0.0.1:${(gate.address() as AddressInfo).port}`;
    const password = join(folder, 'password');
    await writeFile(password, 'x');

    const flags = ['--auth', 'basic', '--user', 'ada', '--password-file', password];
    const ended = await verify(['--store', store, '--expect', 'events=1', ...flags]);
    gate.close();

    expect(ended).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/answers 401: no\n→ Check --auth/) });
  });
});

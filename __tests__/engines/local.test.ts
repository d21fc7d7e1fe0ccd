/** `clickstreamy local --store URL` as it is run, into real search nodes. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { generateCorpus } from '../../bench/corpus';
import { CORPUS_SITE_HOSTS } from '../../bench/corpus-referers';
import type { HttpClient } from '../../core/http-client';
import { builtFile } from '../../core/package-root';
import { askEngine } from '../../store/search/engine';
import { describeEngines } from '../support/engines/engines';
import { clientOf, countOf, dropIndex, freshIndex } from '../support/engines/use-index';
import { until } from '../support/until';

interface Report {
  readonly read: number;
  readonly stored: number;
  readonly processingFailed: number;
  readonly deliveryFailed: number;
  readonly dropped: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly [name: string]: unknown;
}

const LINES = 5000;
const lines: string[] = [];
let good = 0;
for (const { line, truth } of generateCorpus({ lines: LINES, seed: 11 })) {
  lines.push(`${line.toString('latin1')}\n`);
  if (truth !== undefined) good++;
}

let folder: string;
let log: string;
const running = new Set<ChildProcess>();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-store-'));
  log = join(folder, 'access_log');
  await writeFile(log, lines.join(''), 'latin1');
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  await rm(folder, { recursive: true, force: true });
});

function start(...args: readonly string[]) {
  const common = ['local', '--ui-port', '0', '--json', ...CORPUS_SITE_HOSTS.flatMap((host) => ['--site-host', host])];
  const child = spawn(process.execPath, [builtFile('cli.js'), ...common, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  const report = once(child, 'close').then(([code]) => {
    if (code !== 0) throw new Error(`it ended with ${code}: ${err}`);
    return JSON.parse(out) as Report;
  });
  report.catch(() => {});
  return { report, stop: () => child.kill('SIGINT'), err: () => err };
}

const everything = { match_all: {} };

describeEngines('clickstreamy local --store', (name, url) => {
  let client: HttpClient;
  let index: string;
  beforeEach(() => {
    client = clientOf(url());
    index = freshIndex();
  });
  afterEach(() => dropIndex(client, index));

  const stored = async () => countOf(client, index, everything).catch(() => 0);
  const into = () => ['--store', url(), '--index', index];

  it('counts a log as the embedded store does, each line once over two runs', async () => {
    const data = join(folder, 'data');
    const [embedded, first] = await Promise.all([
      start('--log', log, '--once').report,
      start('--log', log, '--once', '--data', data, ...into()).report,
    ]);
    await appendFile(log, lines.slice(0, 100).join(''), 'latin1');
    const second = await start('--log', log, '--once', '--data', data, ...into()).report;

    expect(first).toEqual({ ...embedded, seconds: first['seconds'] });
    expect(first).toMatchObject({
      read: LINES,
      stored: good,
      processingFailed: LINES - good,
      deliveryFailed: 0,
      dropped: 0,
    });
    expect(second.read).toBe(100);
    expect(await stored()).toBe(good + second.stored);
    expect(await readdir(data)).not.toContain('events.duckdb');
  });

  it('shows the same panels on its page', async () => {
    const [embedded, searched] = [start('--log', log), start('--log', log, ...into())];
    const looks = [embedded, searched].map(async (run) => {
      const page = await until(() => /page {4}(http:\S+)/.exec(run.err())?.[1], { what: 'the page has an address' });
      return until(
        async () => {
          const overview = (await (await fetch(`${page}api/overview?minutes=all`)).json()) as Overview;
          return overview.extent.events === good && overview;
        },
        { what: 'all events are stored' },
      );
    });

    const [expected, shown] = await Promise.all(looks);
    for (const run of [embedded, searched]) run.stop();
    await Promise.all([embedded.report, searched.report]);

    expect(shown?.extent).toEqual(expected?.extent);
    expect(shown?.status.storePlace).toBe(`${url()}/${index} (${name.replace('-', ' ')})`);
    const rowsOf = (overview: Overview | undefined, id: string) =>
      overview?.dashboards.flatMap(({ panels }) => panels).find((panel) => panel.id === id)?.rows;
    for (const id of ['figures', 'answers', 'users', 'pages', 'funnel', 'flow']) {
      expect([id, rowsOf(shown, id)]).toEqual([id, rowsOf(expected, id)]);
    }
  });

  it('stores what visitors did: the ledger’s answers are the index’s', async () => {
    const run = start('--port', '0', '--rate', '0', ...into());
    const site = await until(() => /site {4}(http:\S+)/.exec(run.err())?.[1], { what: 'the site has an address' });
    const ledger = join(folder, 'ledger.json');
    const flags = ['--url', site, '--rate', '200', '--requests', '400', '--errors', '0.2', '--ledger', ledger];

    await promisify(execFile)(process.execPath, [builtFile('traffic', 'cli.js'), ...flags], { timeout: 30_000 });
    run.stop();
    const report = await run.report;

    const sent = JSON.parse(await readFile(ledger, 'utf8')) as Ledger;
    const found = Object.keys(sent.byStatus).map(async (response) => {
      const ofRun = { bool: { filter: [{ term: { run: sent.run } }, { term: { response } }] } };
      return [response, await countOf(client, index, ofRun)] as const;
    });
    expect(Object.fromEntries(await Promise.all(found))).toEqual(sent.byStatus);
    expect(await countOf(client, index, { term: { run: sent.run } })).toBe(400);
    expect(report).toMatchObject({ processingFailed: 0, deliveryFailed: 0 });
    expect(await stored()).toBe(report.stored);
  });

  it.each([
    ['read-only', 'cluster_block_exception', ['PUT', '_settings', true], ['PUT', '_settings', null]],
    ['closed', 'index_closed_exception', ['POST', '_close'], ['POST', '_open']],
  ] as const)('waits for an index that is %s, with one warning, and loses nothing', async (_, type, begin, end) => {
    const change = ([method, action, value]: readonly ['PUT' | 'POST', string, (true | null)?]) =>
      askEngine(
        client,
        {
          method,
          path: `/${index}/${action}`,
          ...(value === undefined ? {} : { json: { 'index.blocks.read_only_allow_delete': value } }),
        },
        z.object({ acknowledged: z.literal(true) }),
      );
    const run = start('--log', log, ...into());
    await until(async () => (await stored()) === good, { what: 'all events are stored' });

    await change(begin);
    await appendFile(log, lines.join(''), 'latin1');
    await until(() => run.err().includes(type), { what: 'a warning about the index' });
    await change(end);
    await until(async () => (await stored()) === 2 * good, { what: 'the events are stored again' });
    run.stop();
    const report = await run.report;

    expect(report).toMatchObject({ read: 2 * LINES, stored: 2 * good, deliveryFailed: 0 });
    expect(run.err().split(type)).toHaveLength(2);
  });

  it('keeps what the index will never take, as Firehose does', async () => {
    // A date, so that the template has nothing against it; but of years only.
    const mapping = { dynamic: false, properties: { '@timestamp': { type: 'date', format: 'yyyy' } } };
    const isTyped = name.startsWith('elasticsearch-6');
    const json = { mappings: isTyped ? { clickstream: mapping } : mapping };
    await askEngine(client, { method: 'PUT', path: `/${index}`, json }, z.object({}));
    const data = join(folder, 'data');

    const report = await start('--log', log, '--once', '--data', data, ...into()).report;

    expect(report).toMatchObject({ read: LINES, stored: 0, deliveryFailed: good });
    expect(report['reasons']).toMatchObject({ 'mapper_parsing_exception: @timestamp': good });
    const failed = await readFailed(join(data, 'bucket'));
    expect(failed).toHaveLength(good);
    expect(failed[0]).toMatchObject({
      errorCode: '400',
      errorMessage: expect.stringContaining('@timestamp'),
      esIndexName: index,
      ...(isTyped ? { esTypeName: 'clickstream' } : {}),
    });
  });
});

interface Overview {
  readonly status: { readonly storePlace?: string };
  readonly extent: { readonly events: number };
  readonly dashboards: readonly {
    readonly panels: readonly { readonly id: string; readonly rows: readonly object[] }[];
  }[];
}

interface Ledger {
  readonly run: string;
  readonly byStatus: Readonly<Record<string, number>>;
}

async function readFailed(bucket: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const paths = await readdir(bucket, { recursive: true, withFileTypes: true });
  const files = paths.filter((path) => path.isFile() && path.parentPath.includes('elasticsearch-failed'));
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')));
  return texts.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line));
}

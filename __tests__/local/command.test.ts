import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderLogLine } from '../../click/log-format';
import { packageRoot } from '../../core/package-root';
import { until } from '../support/until';

let folder: string;
const running = new Set<ChildProcess>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clickstreamy-test-'));
});

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  await rm(folder, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<number | null>;
}

const start = (...args: readonly string[]) => startIn(process.cwd(), ...args);

function startIn(cwd: string, ...args: readonly string[]): Run {
  const child = spawn(process.execPath, [join(packageRoot, 'dist', 'cli.js'), 'local', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let out = '';
  let err = '';
  child.stdout?.on('data', (text) => {
    out += text;
  });
  child.stderr?.on('data', (text) => {
    err += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, out: () => out, err: () => err, ended };
}

const pageOf = (run: Run) =>
  until(() => /page {4}(http:\S+)/.exec(run.err())?.[1], { what: 'the page has an address' });

async function storedOf(run: Run): Promise<number> {
  const reply = await fetch(`${await pageOf(run)}api/overview?minutes=all`);
  const { status } = (await reply.json()) as { status: { stored: number } };
  return status.stored;
}

const view = (user: string, status = 200) =>
  `${renderLogLine({ host: '203.0.113.7', time: new Date(), request: 'GET /products/ HTTP/1.1', status, bytes: 5, userAgent: 'x', user })}\n`;

it('counts a log to its end: every line is stored, kept as failed, or blank', async () => {
  const log = join(folder, 'access.log');
  const signUp = renderLogLine({
    host: '::1',
    time: new Date(),
    request: 'POST /sign-up/ HTTP/1.1',
    status: 303,
    bytes: 0,
    userAgent: 'x',
    user: 'zoë',
  });
  await writeFile(log, `${view('alice')}${view('bob', 500)}\nno access line\n${signUp}`);
  const data = join(folder, 'data');

  const run = start('--log', log, '--once', '--json', '--data', data, '--ui-port', '0');

  expect(await run.ended).toBe(0);
  expect(JSON.parse(run.out())).toMatchObject({
    read: 5,
    accepted: 5,
    stored: 3,
    processingFailed: 1,
    deliveryFailed: 0,
    dropped: 1,
    byStatus: { 200: 1, 303: 1, 500: 1 },
    pageViews: 1,
    signUps: 1,
    signIns: 0,
    users: 3,
    reasons: { shape: 1, blank: 1 },
  });
  const objects = (await readdir(join(data, 'bucket'), { recursive: true })).filter((name) =>
    name.includes('webserver_stream-1-'),
  );
  const copy = await readFile(join(data, 'bucket', objects.find((name) => !name.includes('failed')) ?? ''), 'utf8');
  expect(copy).toBe(await readFile(log, 'utf8'));
  const failed = await readFile(
    join(data, 'bucket', objects.find((name) => name.includes('processing-failed')) ?? ''),
    'utf8',
  );
  expect(Buffer.from(JSON.parse(failed).rawData, 'base64').toString()).toBe('no access line\n');
});

it('takes relative paths, with spaces and letters of any language, and keeps what it writes to itself', async () => {
  const place = join(folder, 'Größe und место');
  await mkdir(place);
  await writeFile(join(place, 'zugriff ü.log'), view('alice'));

  const args = ['--log', 'zugriff *.log', '--once', '--json', '--data', 'daten für/später', '--ui-port', '0'];
  const run = startIn(place, ...args);

  expect(await run.ended).toBe(0);
  expect(JSON.parse(run.out())).toMatchObject({ read: 1, stored: 1 });
  const entries = await readdir(join(place, 'daten für'), { recursive: true, withFileTypes: true });
  const shared = [];
  for (const entry of entries) {
    const { mode } = await stat(join(entry.parentPath, entry.name));
    if ((mode & 0o077) !== 0) shared.push(entry.name);
  }
  expect(entries.map(({ name }) => name)).toEqual(expect.arrayContaining(['events.duckdb', 'lock.duckdb', 'bucket']));
  expect(shared).toEqual([]);
});

it('follows no link in its data folder', async () => {
  const data = join(folder, 'data');
  const victim = join(folder, 'victim');
  await mkdir(data);
  await writeFile(victim, 'precious');
  await writeFile(join(folder, 'access.log'), view('alice'));

  for (const name of ['events.duckdb', 'page.json', 'shipper.json.new', 'lock.duckdb', 'journal']) {
    await symlink(victim, join(data, name));

    const run = start('--log', join(folder, 'access.log'), '--once', '--data', data, '--ui-port', '0');

    expect(await run.ended).toBe(1);
    expect(run.err()).toContain(
      `error [DATA_FOLDER_UNUSABLE]: The data folder ${data} cannot be used: ${name} in it is a link`,
    );
    await rm(join(data, name));
  }
  expect(await readFile(victim, 'utf8')).toBe('precious');
});

it('takes records on the port and under the name that it is given', async () => {
  const log = join(folder, 'access.log');
  await writeFile(log, '');
  const first = start('--log', log, '--stream-port', '0', '--stream-name', 'clicks', '--ui-port', '0', '--json');
  const port = await until(() => /stream {2}http:\/\/127\.0\.0\.1:(\d+) \(clicks\)/.exec(first.err())?.[1], {
    what: 'the stream has an address',
  });
  const taken = start('--log', log, '--stream-port', port, '--ui-port', '0');
  const record = { Data: Buffer.from(view('alice')).toString('base64') };

  const reply = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'x-amz-target': 'Firehose_20150804.PutRecord' },
    body: JSON.stringify({ DeliveryStreamName: 'clicks', Record: record }),
  });
  await until(async () => (await storedOf(first)) === 1, { what: 'the record is stored' });
  // While the first still has the port.
  const takenEnd = await taken.ended;
  first.child.kill('SIGTERM');

  expect(reply.status).toBe(200);
  expect(takenEnd).toBe(1);
  expect(taken.err()).toMatch(/error \[PORT_TAKEN\].*--stream-port/s);
  expect(await first.ended).toBe(0);
  expect(JSON.parse(first.out())).toMatchObject({ read: 1, stored: 1 });
});

it('shows what is added to a log, and drains at Ctrl-C', async () => {
  const log = join(folder, 'access.log');
  await writeFile(log, view('alice'));
  const run = start('--log', log, '--json', '--ui-port', '0');
  await until(async () => (await storedOf(run)) === 1, { what: 'one line is stored' });

  await appendFile(log, view('bob'));
  await until(async () => (await storedOf(run)) === 2, { what: 'two lines are stored' });
  run.child.kill('SIGINT');

  expect(await run.ended).toBe(0);
  expect(JSON.parse(run.out())).toMatchObject({ read: 2, stored: 2, users: 2 });
});

it('tells of a damaged journal by its exit code, and reads its lines from the log again', async () => {
  const log = join(folder, 'access.log');
  const data = join(folder, 'data');
  await writeFile(log, view('alice'));
  const args = ['--log', log, '--data', data, '--json', '--ui-port', '0'];
  const first = start(...args);
  await until(async () => (await storedOf(first)) === 1, { what: 'one line is stored' });
  await rm(join(data, 'events.duckdb.tmp'), { recursive: true }); // The store is away: what comes stays in the journal.
  await appendFile(log, view('bob'));
  await until(() => first.err().includes('The store cannot take events'), { what: 'a warning about the store' });
  first.child.kill('SIGKILL');
  await first.ended;
  const [segment] = (await readdir(join(data, 'journal'))).filter((name) => name.endsWith('.journal'));
  const path = join(data, 'journal', String(segment));
  const bytes = await readFile(path);
  bytes[bytes.length - 5] = Number(bytes.at(-5)) ^ 1;
  await writeFile(path, bytes);

  const second = start(...args, '--once');

  expect(await second.ended).toBe(1);
  expect(second.err()).toContain('error [JOURNAL_DAMAGED]');
  expect(second.err()).toContain(`${segment}.at-`);
  expect(JSON.parse(second.out())).toMatchObject({ read: 1, stored: 1, users: 2 });
  const third = start(...args, '--once');
  expect(await third.ended).toBe(0);
  expect(JSON.parse(third.out())).toMatchObject({ read: 0, users: 2 });
});

it('does not wait at Ctrl-C for a store that is out of reach: what it accepted is delivered by the next run', async () => {
  const log = join(folder, 'access.log');
  const data = join(folder, 'data');
  await writeFile(log, view('alice'));
  const args = ['--log', log, '--data', data, '--json', '--ui-port', '0'];
  const first = start(...args);
  await until(async () => (await storedOf(first)) === 1, { what: 'one line is stored' });
  await rm(join(data, 'events.duckdb.tmp'), { recursive: true });
  await appendFile(log, view('bob') + view('carol'));
  await until(() => first.err().includes('The store cannot take events'), { what: 'a warning about the store' });

  first.child.kill('SIGINT');

  expect(await first.ended).toBe(1);
  expect(JSON.parse(first.out())).toMatchObject({ read: 3, accepted: 3, stored: 1, deliveryFailed: 0, waiting: 2 });
  expect(first.err()).toContain(`2 accepted records wait in the journal of ${data}`);
  const second = start(...args, '--once');
  expect(await second.ended).toBe(0);
  expect(JSON.parse(second.out())).toMatchObject({ read: 2, stored: 2, waiting: 0, users: 3 });
});

it('does not wait at Ctrl-C for a search engine that is out of reach: what it accepted is delivered by the next run', async () => {
  const stored = new Set<string>();
  const engine = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const ids = [...body.matchAll(/"_id":"([^"]+)"/g)].map(([, id]) => String(id));
    for (const id of ids) stored.add(id);
    const root = { version: { number: '7.10.2' } };
    const bulk = { errors: false, items: ids.map(() => ({ index: { status: 201 } })) };
    const other = request.method === 'PUT' ? { acknowledged: true } : {};
    response.end(JSON.stringify(request.url === '/' ? root : request.url?.includes('_bulk') ? bulk : other));
  });
  const listen = async (port: number) => {
    engine.listen(port, '127.0.0.1');
    await once(engine, 'listening');
    return (engine.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const log = join(folder, 'access.log');
  const data = join(folder, 'data');
  await writeFile(log, view('alice'));
  const args = ['--log', log, '--data', data, '--json', '--ui-port', '0', '--store', `http://127.0.0.1:${port}`];
  const first = start(...args);
  await until(() => stored.size === 1, { what: 'one line is stored' });
  engine.close();
  engine.closeAllConnections();
  await appendFile(log, view('bob') + view('carol'));
  await until(() => first.err().includes('The store cannot take events'), { what: 'a warning about the store' });

  first.child.kill('SIGINT');

  expect(await first.ended).toBe(1);
  const report = JSON.parse(first.out());
  expect(report).toMatchObject({ read: 3, accepted: 3, stored: 1, deliveryFailed: 0, waiting: 2 });
  expect(report).not.toHaveProperty('byStatus');
  expect(first.err()).toContain('in the store: unknown, because it does not answer');
  expect(first.err()).toContain(`2 accepted records wait in the journal of ${data}`);
  await listen(port);
  const second = start(...args, '--once');
  expect(await second.ended).toBe(0);
  expect(JSON.parse(second.out())).toMatchObject({ read: 2, stored: 2, waiting: 0, byStatus: {} });
  expect(stored.size).toBe(3);
  engine.close();
  engine.closeAllConnections();
});

it('runs the demo site with exactly the errors asked for, and its totals balance', async () => {
  const run = start('--seconds', '3', '--rate', '50', '--errors', '0.2', '--port', '0', '--ui-port', '0', '--json');

  expect(await run.ended).toBe(0);
  const report = JSON.parse(run.out());
  expect(report.read).toBe(report.stored);
  expect(report.stored).toBeGreaterThan(100);
  // The check that the site has its error route is a request too, and no run's end cuts an error off from its share.
  expect(Math.abs(report.byStatus[500] / report.stored - 0.2)).toBeLessThan(0.02);
});

it('goes on after kill -9: nothing is lost', async () => {
  const log = join(folder, 'access.log');
  const lines = Array.from({ length: 20_000 }, (_, at) => view(`user${at}`));
  await writeFile(log, lines.join(''));
  const args = ['--log', log, '--data', join(folder, 'data'), '--json', '--ui-port', '0'];
  const first = start(...args);
  await until(async () => (await storedOf(first)) > 0, { what: 'a line is stored' });
  first.child.kill('SIGKILL');
  await first.ended;

  const second = start(...args, '--once');

  expect(await second.ended).toBe(0);
  const report = JSON.parse(second.out());
  expect(report.users).toBe(20_000);
  expect(report.byStatus[200]).toBeGreaterThanOrEqual(20_000);
});

it('says what keeps it from starting, with exit code 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;

  const site = start('--port', String(port), '--ui-port', '0');
  const missing = start('--log', join(folder, 'none*'), '--once');
  const noConfig = start('--agent-config', join(folder, 'none.json'));
  const noFolder = start('--data', join(packageRoot, 'package.json'), '--port', '0', '--ui-port', '0');

  expect(await site.ended).toBe(1);
  expect(site.err()).toContain(String(port));
  expect(site.err()).toMatch(/^error \[PORT_TAKEN\]: /m);
  expect(site.err()).toContain(`--port ${port > 65_530 ? 0 : port + 5}`);
  expect(await missing.ended).toBe(1);
  expect(missing.err()).toMatch(/^error \[LOG_NOT_FOUND\]: No log matches/);
  expect(await noConfig.ended).toBe(1);
  expect(noConfig.err()).toMatch(
    /^error \[AGENT_CONFIG_INVALID\]: .*none\.json cannot be read: it does not exist\.\n→ /,
  );
  expect(await noFolder.ended).toBe(1);
  expect(noFolder.err()).toContain('--data');
  taken.close();
});

it('follows the logs of an agent.json, under the name of its stream', async () => {
  const file = join(folder, 'agent.json');
  const flow = { filePattern: join(folder, 'access_log*'), deliveryStream: 'clicks', initialPosition: 'START_OF_FILE' };
  await writeFile(file, JSON.stringify({ flows: [flow] }));
  await writeFile(join(folder, 'access_log.1'), view('ann'));
  await writeFile(join(folder, 'access_log'), view('bob'));

  const run = start('--agent-config', file, '--once', '--ui-port', '0', '--json');

  expect(await run.ended).toBe(0);
  expect(run.err()).toMatch(/^stream {2}http:\S+ \(clicks\)$/m);
  expect(JSON.parse(run.out())).toMatchObject({ read: 2, stored: 2, users: 2 });
});

it.each([
  ['--site=elsewhere', '--site elsewhere: must be one of "demo", "wordpress".'],
  ['--once', '--once needs --log'],
  ['--errors=1.5', '--errors 1.5: must be 0 to 1, or 0% to 100%.'],
  ['--seconds=0', '--seconds 0: must be more than 0 and at most 2,000,000 seconds.'],
  ['--ui-port=70000', '--ui-port 70000: must be 0 to 65,535.'],
  ['--nothing', 'There is no option --nothing.'],
  ['--index=shop', 'give it with --store'],
  ['--auth=sigv4', 'give it with --store'],
  ['--store=127.0.0.1:9200', 'isn’t an http or https address'],
  ['--store=http://kim:secret@127.0.0.1', 'contains a login'],
])('refuses %s as wrong usage, with exit code 2', async (argument, sentence) => {
  const run = start(argument);

  expect(await run.ended).toBe(2);
  expect(run.err()).toContain(sentence);
  expect(run.err()).not.toContain('secret');
  expect(run.out()).toBe('');
});

it('does not start where the search engine does not answer', async () => {
  const run = start('--store', 'http://127.0.0.1:1', '--ui-port', '0', '--port', '0');

  expect(await run.ended).toBe(1);
  expect(run.err()).toContain('http://127.0.0.1:1 cannot be reached');
  expect(run.out()).toBe('');
});

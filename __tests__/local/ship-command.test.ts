import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { builtFile, packageRoot } from '../../core/package-root';
import { type Endpoint, openEndpoint } from '../support/shipper-endpoint';
import { accessLines } from '../support/shipper-workbench';
import { until } from '../support/until';

let folder: string;
let endpoint: Endpoint;
const running = new Set<ChildProcess>();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ship-command-'));
  endpoint = await openEndpoint();
});

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  endpoint.release();
  await endpoint.close();
  rmSync(folder, { recursive: true, force: true });
});

const path = (name: string) => join(folder, name);

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [builtFile('cli.js'), 'ship', ...args], {
    cwd: folder,
    env: { ...process.env, XDG_STATE_HOME: path('state') },
  });
  running.add(child);
  const out = text(child.stdout);
  const err = text(child.stderr);
  const ended = once(child, 'close').then(async ([code]) => ({ code, out: await out, err: await err }));
  return { child, ended };
}

const given = () => ['--stream', 'clicks', '--endpoint', endpoint.url.href];

it('ships once and prints its counts as one line of JSON', async () => {
  writeFileSync(path('access.log'), accessLines('a', 700).join(''));

  const { code, out, err } = await start('--log', 'access.log', ...given(), '--once', '--json').ended;

  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    read: 700,
    acknowledged: 700,
    tooLong: 0,
    uncertain: 0,
    streams: { clicks: { acknowledged: 700 } },
  });
  expect(err).toContain('700 lines read, 700 accepted');
  // The default checkpoint: one for each place that streams are at.
  expect(
    readFileSync(path(`state/clickstreamy/ship/${endpoint.url.host.replace(':', '-')}/clicks/shipper.json`), 'utf8'),
  ).toContain('access.log');
});

it('follows what the agent follows, and drains at SIGTERM', async () => {
  const flow = { filePattern: path('access.log*'), deliveryStream: 'clicks', initialPosition: 'START_OF_FILE' };
  const config = { 'firehose.endpoint': endpoint.url.href, checkpointFile: path('agent-checkpoint'), flows: [flow] };
  writeFileSync(path('agent.json'), JSON.stringify(config));
  writeFileSync(path('access.log'), 'one\n');
  const run = start('--config', 'agent.json', '--json');
  await until(() => endpoint.lines.length === 1, { what: 'the first line arrives' });

  writeFileSync(path('access.log.1'), 'two\n');
  await until(() => endpoint.lines.length === 2, { what: 'the second line arrives' });
  run.child.kill('SIGTERM');

  const { code, out } = await run.ended;
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ read: 2, acknowledged: 2 });
  expect(readFileSync(path('agent-checkpoint.clickstreamy/clicks/shipper.json'), 'utf8')).toContain('access.log');
});

it('fails when it is stopped before the stream has accepted what was read', async () => {
  endpoint.behave = () => '503';
  writeFileSync(path('access.log'), 'one\ntwo\n');
  const run = start('--log', 'access.log', ...given(), '--once', '--json');
  await until(() => endpoint.batches.length > 0, { what: 'an attempt is made' });

  run.child.kill('SIGTERM');

  const { code, out, err } = await run.ended;
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ read: 2, acknowledged: 0 });
  expect(err).toContain('error [LINES_UNSENT]: 2 lines were read but not accepted');
});

it('fails when the stream refuses, with a hint', async () => {
  endpoint.behave = () => 'not-found';
  writeFileSync(path('access.log'), 'one\n');

  const { code, err } = await start('--log', 'access.log', ...given(), '--once').ended;

  expect(code).toBe(1);
  expect(err).toContain('error [FIREHOSE_REFUSED]: There is no delivery stream clicks');
});

it.each([
  ['neither a file nor a log', []],
  ['both', ['--config', 'agent.json', '--log', 'a', '--stream', 's']],
  ['a log without its stream', ['--log', 'a']],
  ['a file and a stream', ['--config', 'agent.json', '--stream', 's']],
  ['an endpoint that is no URL', ['--log', 'a', '--stream', 's', '--endpoint', 'here']],
  ['a stream that is no name', ['--log', 'a', '--stream', '../s']],
])('%s is wrong usage', async (_, args) => {
  const { code, err } = await start(...args).ended;

  expect(code).toBe(2);
  expect(err).toMatch(/^error \[USAGE\]: .+\n→ .+\n$/);
});

it('says which flow it cannot follow', async () => {
  const flow = { filePattern: '/var/log/access.log*', kinesisStream: 'clicks' };
  writeFileSync(path('agent.json'), JSON.stringify({ flows: [flow] }));

  const { code, err } = await start('--config', 'agent.json').ended;

  expect(code).toBe(1);
  expect(err).toContain('error [AGENT_CONFIG_INVALID]');
  expect(err).toContain('kinesisStream is a Kinesis data stream');
});

it('has a unit for systemd whose command line is right', async () => {
  const unit = readFileSync(join(packageRoot, 'examples', 'clickstreamy-ship.service'), 'utf8');
  const command = /^ExecStart=\S+ \S+cli\.js ship (.+)$/m.exec(unit)?.[1] ?? '';
  writeFileSync(path('agent.json'), JSON.stringify({ flows: [] }));
  const args = command.replace('/etc/clickstreamy/agent.json', path('agent.json')).replace('%S', folder).split(' ');

  const { code, err } = await start(...args).ended;

  // Read and refused for what is in the file, not for how it is called.
  expect(code).toBe(1);
  expect(err).toContain('error [AGENT_CONFIG_INVALID]');
  expect(err).toContain('must have a flow');
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { builtFile } from '../../core/package-root';
import { accessLines, openWorkbench, type Workbench } from '../support/shipper-workbench';
import { until } from '../support/until';

let bench: Workbench;
let log: string;
beforeEach(async () => {
  bench = await openWorkbench();
  log = bench.path('access_log');
});
afterEach(() => bench.close());

/** A shipper in a process of its own, to be killed. */
function spawnShipper(): ChildProcess {
  const props = {
    patterns: [`${log}*`],
    checkpointFile: bench.path('checkpoint.json'),
    rejectFolder: bench.path('rejects'),
  };
  const script = `
    const { startShipper } = require(${JSON.stringify(builtFile('shipper', 'shipper.js'))});
    const { FirehoseSink } = require(${JSON.stringify(builtFile('shipper', 'firehose-sink.js'))});
    const warn = console.error;
    const noteFile = ${JSON.stringify(bench.path('in-flight.json'))};
    const sink = new FirehoseSink({ deliveryStream: 'clicks', endpoint: new URL('${bench.endpoint.url}'), noteFile, warn });
    startShipper({ ...${JSON.stringify(props)}, sink, warn });`;
  return spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
}

it('loses nothing when it is killed under load, and repeats only what was on its way', async () => {
  const lines = accessLines('a', 60_000);
  writeFileSync(log, lines.slice(0, 20_000).join(''));
  // Some batches fail while later ones pass, all the time.
  bench.endpoint.behave = (request) => (request % 7 === 0 ? '503' : request % 5 === 0 ? 'lost' : 'accept');

  for (const killed of [1, 2]) {
    const arrivedBefore = bench.endpoint.lines.length;
    const child = spawnShipper();
    await until(() => bench.endpoint.lines.length > arrivedBefore + 8000, { what: 'it ships' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    renameSync(log, `${log}.${3 - killed}`);
    appendFileSync(log, lines.slice(killed * 20_000, (killed + 1) * 20_000).join(''));
  }
  bench.endpoint.behave = () => 'accept';
  await bench.ship();

  expect(new Set(bench.endpoint.lines)).toEqual(new Set(lines));
});

it('loses nothing and repeats nothing when the log is rotated under load', async () => {
  const lines = accessLines('a', 30_000);
  writeFileSync(log, '');
  const shipper = bench.start();

  for (let written = 0; written < lines.length; written += 500) {
    appendFileSync(log, lines.slice(written, written + 500).join(''));
    if (written % 5000 === 4500) renameSync(log, `${log}.${written}`);
    await new Promise(setImmediate);
  }
  await until(() => shipper.counts().acknowledged === lines.length, { what: 'all lines arrive' });

  expect([...bench.endpoint.lines].sort()).toEqual([...lines].sort());
});

it('loses nothing when copytruncate, whose copies match the pattern, cuts the log under load', async () => {
  const lines = accessLines('a', 9_000);
  writeFileSync(log, '');
  bench.start();

  for (let turn = 0; turn < 3; turn += 1) {
    for (let written = turn * 3000; written < (turn + 1) * 3000; written += 100) {
      appendFileSync(log, lines.slice(written, written + 100).join(''));
      await new Promise(setImmediate);
    }
    copyFileSync(log, `${log}.${turn}`);
    truncateSync(log);
    // The next truncation may come only when this one has been seen: what two of them leave unread, no one can tell apart.
    const there = (turn + 1) * 3000;
    await until(() => new Set(bench.endpoint.lines).size === there, { what: 'the copy is read' });
  }

  expect(new Set(bench.endpoint.lines)).toEqual(new Set(lines));
});

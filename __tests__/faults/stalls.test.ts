/** A process that stands still, disks that are slow, broken or full, and the signals of a terminal. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../support/faults/fault-plan';
import type { LocalProcess } from '../support/faults/local-process';
import { eachOnce, useScene } from '../support/faults/scene';
import { until } from '../support/until';

const scene = useScene();

/** Ends the pipeline, which must be content, and lets another one read what is left. */
async function expectEachOnce(pipeline: LocalProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const ended = await pipeline.end(signal);
  expect(ended).toMatchObject({ code: 0, signal: null });
  expect(await scene().once()).toMatchObject({ code: 0 });
  expect(await scene().totals()).toEqual(eachOnce(scene().log.written));
}

it('counts each line once though the process is stopped for 35 s', async () => {
  const { log } = scene();
  log.start(1000);
  const pipeline = scene().start();
  await pipeline.isDoneWith(2000);

  pipeline.signal('SIGSTOP');
  await sleep(35_000);
  pipeline.signal('SIGCONT');
  await sleep(1000);
  log.stop();

  await expectEachOnce(pipeline);
});

it('counts each line once though a sync of the journal takes 33 s', async () => {
  const { log } = scene();
  log.start(1000);
  const slow: Fault = { call: 'datasync', on: '\\.journal$', nth: 5, action: 'delay', ms: 33_000 };
  const pipeline = scene().start({ faults: [slow] });
  await sleep(37_000);
  log.stop();

  await expectEachOnce(pipeline);
});

const EIO = { action: 'fail', code: 'EIO' } as const;

it.each<[string, readonly Fault[]]>([
  ['syncs of the journal', [{ call: 'datasync', on: '\\.journal$', nth: 3, times: 4, ...EIO }]],
  [
    'syncs of the journal, and it cannot be cut back',
    [
      { call: 'datasync', on: '\\.journal$', nth: 3, times: 4, ...EIO },
      { call: 'truncate', on: '\\.journal$', times: 4, ...EIO },
    ],
  ],
  ['writes of the journal', [{ call: 'writev', on: '\\.journal$', nth: 3, times: 4, ...EIO }]],
  ['syncs of the positions', [{ call: 'datasync', on: 'positions\\.jsonl$', times: 4, ...EIO }]],
  ['syncs of the checkpoint', [{ call: 'datasync', on: 'shipper\\.json\\.new$', nth: 2, times: 3, ...EIO }]],
  ['syncs of objects', [{ call: 'datasync', on: '\\.draft$', times: 4, ...EIO }]],
])('counts each line once though %s fail', async (_, faults) => {
  const { log } = scene();
  log.start(5000);
  const pipeline = scene().start({ faults });
  await pipeline.isDoneWith(20_000);
  log.stop();

  await expectEachOnce(pipeline);
});

it('counts each line once when the journal can be neither synced nor cut back, and it is killed then', async () => {
  const { log } = scene();
  log.append(3000);
  const faults: Fault[] = [
    { call: 'datasync', on: '\\.journal$', nth: 2, ...EIO },
    { call: 'truncate', on: '\\.journal$', ...EIO },
    { call: 'sql', on: '^INSERT INTO events', action: 'kill-before' },
  ];
  expect(await scene().once({ faults })).toMatchObject({ signal: 'SIGKILL' });

  expect(await scene().once()).toMatchObject({ code: 0 });
  expect(await scene().totals()).toEqual(eachOnce(log.written));
});

it.each<NodeJS.Signals>(['SIGHUP', 'SIGTERM', 'SIGINT'])('drains and counts each line once at %s', async (signal) => {
  const { log } = scene();
  log.start(5000);
  const first = scene().start();
  await first.isDoneWith(10_000);
  expect(await first.end(signal)).toMatchObject({ code: 0, report: { waiting: 0 } });
  const second = scene().start();
  await sleep(2000);
  log.stop();

  await expectEachOnce(second, signal);
});

describe('on a small disk', () => {
  let disk: string;
  let mounted = false;
  beforeEach(() => {
    disk = scene().data;
    mkdirSync(disk);
    mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]).status === 0;
  });
  afterEach(() => {
    if (mounted) spawnSync('umount', ['--lazy', disk]);
  });

  it('holds lines back while it is full, and counts each once when there is space again', async () => {
    if (!mounted) {
      process.stderr.write('skipped: a full disk (mounting a tmpfs is not allowed here)\n');
      return;
    }
    const { log } = scene();
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(18 * 1024 * 1024));
    const pipeline = scene().start();
    log.append(60_000);
    await until(() => /no space|disk is full/i.test(pipeline.stderr), { what: () => `it is full: ${pipeline.stderr}` });
    await sleep(2000);
    rmSync(join(disk, 'ballast'));
    await pipeline.isDoneWith(60_000);

    await expectEachOnce(pipeline);
  });
});

/** Limits of the process and of the folder: open files, and one process at a time. */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { eachOnce, useScene } from '../support/faults/scene';

const scene = useScene();

const withOpenFiles = (limit: number) => ['bash', '-c', `ulimit -n ${limit}; exec "$@"`, 'bash'];

/** Logs that all match the pattern, with a few lines each. */
function writeLogs(count: number, lines: number): void {
  for (let written = 0; written < count; written++) {
    scene().log.append(lines);
    scene().log.rotate('rename');
  }
}

it.each([
  { logs: 200, openFiles: 64 },
  { logs: 1200, openFiles: 1024 },
])('reads $logs logs once with $openFiles open files', async ({ logs, openFiles }) => {
  writeLogs(logs, 10);

  expect(await scene().once({ by: withOpenFiles(openFiles) })).toMatchObject({ code: 0 });
  expect(await scene().totals()).toEqual(eachOnce(10 * logs));
});

it('follows what it can open, names the limit, and counts the others once later', async () => {
  writeLogs(200, 10);
  const pipeline = scene().start({ by: withOpenFiles(64) });
  await sleep(4000);

  const { code, stderr } = await pipeline.end('SIGTERM');

  expect({ code, stderr }).toMatchObject({ code: 1 });
  expect(stderr).toContain('ulimit -n');
  expect(await scene().once()).toMatchObject({ code: 0 });
  expect(await scene().totals()).toEqual(eachOnce(2000));
});

it('counts more than 1,000 logs once over a clean stop', async () => {
  writeLogs(1500, 4);
  const first = scene().start();
  await first.isDoneWith(6000);
  expect(await first.end('SIGTERM')).toMatchObject({ code: 0 });
  scene().log.append(10);

  expect(await scene().once()).toMatchObject({ code: 0, report: { read: 10 } });
  expect(await scene().totals()).toEqual(eachOnce(6010));
});

const namespace = ['unshare', '--user', '--map-root-user', '--fork', '--pid', '--mount-proc', '--kill-child'];

it.each([
  ['another process', []],
  ['a process of another container', namespace],
])('refuses %s on the same folder, until the first one is gone', async (_, by) => {
  if (by.length > 0 && spawnSync(by[0] ?? '', [...by.slice(1), 'true']).status !== 0) {
    process.stderr.write('skipped: two containers on one folder (unshare is not allowed here)\n');
    return;
  }
  const { log } = scene();
  log.start(2000);
  const first = scene().start({ by });
  await first.isDoneWith(4000);

  const second = await scene().start({ by }).ended;
  await first.end('SIGKILL');
  log.stop();

  expect(second).toMatchObject({ code: 1 });
  expect(second.stderr).toContain('is in use by another process');
  expect(await scene().once({ by })).toMatchObject({ code: 0 });
  expect(await scene().totals()).toEqual(eachOnce(log.written));
});

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { builtFile } from '../../core/package-root';
import { lockFolder } from '../../firehose/folder-lock';
import { useFolder } from '../support/stream-fixture';

const folder = useFolder();

const SCRIPT = `
  const { lockFolder } = require(${JSON.stringify(builtFile('firehose', 'folder-lock.js'))});
  lockFolder(process.argv[1]).then(
    () => { console.log('held'); setInterval(() => {}, 1000); },
    (error) => console.log(error.code, error.message),
  );`;

async function holdElsewhere(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', SCRIPT, folder()], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error('no pipe');
  await once(child.stdout, 'data');
  return child;
}

it('lets one holder in at a time, names it to the others, and lets the next one in', async () => {
  const lock = await lockFolder(folder());

  await expect(lockFolder(folder())).rejects.toMatchObject({
    code: 'DATA_FOLDER_IN_USE',
    message: expect.stringContaining(`${folder()} is in use by process ${process.pid}`),
  });
  await lock.release();
  const again = await lockFolder(folder());
  await again.release();

  expect(readdirSync(folder())).toEqual(['lock.duckdb']);
});

it('keeps other processes out, and ends with its process, however that ends', async () => {
  const child = await holdElsewhere();

  await expect(lockFolder(folder())).rejects.toMatchObject({
    code: 'DATA_FOLDER_IN_USE',
    message: expect.stringContaining(`in use by process ${child.pid}`),
  });
  child.kill('SIGKILL');
  await once(child, 'exit');

  await (await lockFolder(folder())).release();
});

const canUnshare = spawnSync('unshare', ['-rfp', 'true']).status === 0;
(canUnshare ? it : it.skip)('keeps out a process of another container, which has no process id in common', async () => {
  const lock = await lockFolder(folder());

  const other = spawnSync('unshare', ['-rfp', process.execPath, '-e', SCRIPT, folder()], { encoding: 'utf8' });
  await lock.release();

  expect(other.stdout).toMatch(/^DATA_FOLDER_IN_USE .* is in use by another process/);
});

it('never lets two of many in that come at once', async () => {
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder())));

  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const held of tries) if (held.status === 'fulfilled') await held.value.release();
});

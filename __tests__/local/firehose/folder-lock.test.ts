import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder } from '../../../local/firehose/folder-lock';
import { useFolder } from './stream-fixture';

const folder = useFolder();

it('lets one holder in at a time, names it to the others, and leaves nothing behind', async () => {
  const lock = await lockFolder(folder());

  await expect(lockFolder(folder())).rejects.toMatchObject({
    code: 'DATA_FOLDER_IN_USE',
    message: expect.stringContaining(`${folder()} is in use by process ${process.pid}`),
  });
  await lock.release();
  const again = await lockFolder(folder());
  await again.release();

  expect(readdirSync(folder())).toEqual([]);
});

it('lets exactly one of many in that come at once, over the lock of a process that is gone', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(join(folder(), 'lock'), `${pid} 1@gone x\n`);

  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder())));

  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(readdirSync(folder())).toEqual(['lock']);
});

// Only Linux says when a process started.
(process.platform === 'linux' ? it : it.skip)(
  'takes over from a process that is gone, though its id is used again',
  async () => {
    writeFileSync(join(folder(), 'lock'), `${process.pid} 1@an-earlier-boot x\n`);

    await expect(lockFolder(folder())).resolves.toBeDefined();
  },
);

it('takes over a lock file that says nothing', async () => {
  writeFileSync(join(folder(), 'lock'), '');

  await expect(lockFolder(folder())).resolves.toBeDefined();
});

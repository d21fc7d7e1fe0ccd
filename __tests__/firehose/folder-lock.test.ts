import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder } from '../../firehose/folder-lock';
import { useFolder } from '../support/stream-fixture';

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

it('never lets two of many in that come at once, despite the claim of a process that has ended', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(join(folder(), `lock.${pid}.1@gone.x`), '');

  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder())));

  const holders = tries.filter(({ status }) => status === 'fulfilled').length;
  expect(holders).toBeLessThanOrEqual(1);
  expect(readdirSync(folder())).toHaveLength(holders);
});

// Only Linux says when a process started.
const onLinux = process.platform === 'linux' ? it : it.skip;
onLinux('takes over from a process that is gone, though its id is used again', async () => {
  writeFileSync(join(folder(), `lock.${process.pid}.1@an-earlier-boot.x`), '');

  await lockFolder(folder());

  expect(readdirSync(folder())).toHaveLength(1);
});

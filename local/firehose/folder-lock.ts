/** One process at a time holds a data folder: a file with its id, and on Linux the time of its start, as ids are used again. */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, ToolkitError } from '../../core/errors';

export interface FolderLock {
  release(): Promise<void>;
}

/** @throws ToolkitError DATA_FOLDER_IN_USE while another process, or another stream of this one, holds the folder. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, 'lock');
  const mine = `${process.pid} ${await startOf(process.pid)} ${randomUUID()}\n`;
  const draft = join(folder, `lock.${randomUUID()}`);
  await writeFile(draft, mine);
  try {
    // A holder that is gone is moved out of the way; somebody quicker may take its place in between, but never both of us.
    while (!(await take(draft, path))) await moveStale(folder, path);
  } finally {
    await rm(draft, { force: true });
  }
  return { release: () => rm(path, { force: true }) };
}

/** A link appears at once with its content, or not at all. */
async function take(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function moveStale(folder: string, path: string): Promise<void> {
  const holder = await readHolder(path);
  if (holder === undefined) return;
  if (await isAlive(holder)) throw inUse(folder, holder);
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    // Between reading and moving, somebody may have taken the lock: give it back.
    if ((await readHolder(aside)) !== holder) await take(aside, path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function readHolder(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function isAlive(holder: string): Promise<boolean> {
  const [pid, start] = holder.split(' ');
  if (!/^[1-9]\d*$/.test(pid ?? '')) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false;
  }
  return start === (await startOf(Number(pid)));
}

/** When a process started, in ticks since the machine's, and which start of the machine that was; `-` where nobody says. */
async function startOf(pid: number): Promise<string> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The command, in parentheses, may hold spaces; the start is the 20th field behind it.
    return `${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}@${boot.trim()}`;
  } catch {
    return '-';
  }
}

function inUse(folder: string, holder: string): ToolkitError {
  return new ToolkitError(
    'DATA_FOLDER_IN_USE',
    `The data folder ${folder} is in use by process ${holder.split(' ')[0]}.`,
    'Stop that process, or give this one a folder of its own.',
  );
}

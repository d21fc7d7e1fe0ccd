/**
 * One process at a time holds a data folder. A process that wants it leaves a claim, an empty file that names the process,
 * and only then looks for others: of two that come at once, at least one sees the other. Claims of processes that
 * have ended are removed.
 */
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errnoOf, ToolkitError } from '../core/errors';

export interface FolderLock {
  release(): Promise<void>;
}

const CLAIM = /^lock\.(?<pid>[1-9]\d*)\.(?<start>[^.]+)\.[^.]+$/;
/** Two that come at once both back off, each for a random time. */
const ATTEMPTS = 5;
const STEP_BACK_MS = 40;

/** @throws ToolkitError DATA_FOLDER_IN_USE while another process, or another stream of this one, holds the folder. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  for (let attempt = 1; ; attempt++) {
    const mine = `lock.${process.pid}.${await startOf(process.pid)}.${randomUUID()}`;
    const release = () => rm(join(folder, mine), { force: true });
    await writeFile(join(folder, mine), '', { flag: 'wx' });
    const holder = await otherHolder(folder, mine);
    if (holder === undefined) return { release };
    await release();
    if (attempt === ATTEMPTS) throw inUse(folder, holder);
    await delay(Math.random() * STEP_BACK_MS);
  }
}

async function otherHolder(folder: string, mine: string): Promise<string | undefined> {
  for (const name of await readdir(folder)) {
    const { pid, start } = CLAIM.exec(name)?.groups ?? {};
    if (pid === undefined || start === undefined || name === mine) continue;
    if (await isAlive(Number(pid), start)) return pid;
    await rm(join(folder, name), { force: true });
  }
  return undefined;
}

async function isAlive(pid: number, start: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Any other error means that the process exists, under another user.
    if (errnoOf(error) === 'ESRCH') return false;
  }
  const started = await startOf(pid);
  return started === start || started === UNKNOWN;
}

const UNKNOWN = '-';

/** Process ids are reused, so a claim also has the start time, in ticks since the machine booted. */
async function startOf(pid: number): Promise<string> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The command, in parentheses, may hold spaces; after it come the state and, 19 fields on, the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : `${fields[19]}@${boot.trim()}`;
  } catch {
    return UNKNOWN;
  }
}

function inUse(folder: string, pid: string): ToolkitError {
  return new ToolkitError(
    'DATA_FOLDER_IN_USE',
    `The data folder ${folder} is in use by process ${pid}.`,
    'Stop that process, or give this one another folder.',
  );
}

import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ContentRecord, offsetOf } from './log-content';

/**
 * Looks for a log that was being followed when the last run ended, and that no pattern matches now: rotated under another name,
 * or deleted.
 *
 * @returns what is lost, or may be, in one sentence; undefined if all of it was read.
 */
export async function findLost(record: ContentRecord): Promise<string | undefined> {
  const { path } = record;
  const offset = offsetOf(record);
  const found = await findFile(dirname(path), record.file);
  if (found === undefined)
    return `${path}, which was being read when the last run ended, is gone: what was written to it after byte ${offset} is lost.`;
  const unread = Number(found.size) - offset;
  if (unread <= 0) return undefined;
  return `${path} is now ${found.path}, which no pattern matches: ${unread} bytes of it have not been read. Name it too (--log) to ship them.`;
}

async function findFile(folder: string, file: string): Promise<{ path: string; size: bigint } | undefined> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    const stats: BigIntStats | undefined = await stat(path, { bigint: true }).catch(() => undefined);
    if (stats?.isFile() && `${stats.dev}:${stats.ino}` === file) return { path, size: stats.size };
  }
  return undefined;
}

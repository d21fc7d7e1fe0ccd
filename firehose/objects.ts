/** The stream's bucket as a folder: the object that S3 would hold under a key is the file of that path. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from './sync-folder';

export interface ObjectName {
  /** `apache_`, `apache_processing-failed/`: the date follows directly. */
  readonly prefix: string;
  readonly stream: string;
  /** When the buffer's oldest record arrived. */
  readonly arrivalMs: number;
  /** The id of the buffer's first record, so that an object that is written again has the same key. */
  readonly id: string;
}

/** AWS counts a stream's versions from 1, and the configuration never changes here. */
const VERSION = 1;

/** `apache_2026/11/23/07/webserver_stream-1-2026-11-23-07-29-26-<uuid>`, in UTC. */
export function toObjectKey({ prefix, stream, arrivalMs, id }: ObjectName): string {
  const [year, month, day, hour, minute, second] = new Date(arrivalMs).toISOString().split(/[-T:.]/);
  const time = [year, month, day, hour, minute, second].join('-');
  return `${prefix}${year}/${month}/${day}/${hour}/${stream}-${VERSION}-${time}-${id}`;
}

/** Writes an object whole or not at all, and durably: to a file beside the journal first, then under its key. */
export async function putObject(
  folders: { readonly bucket: string; readonly scratch: string },
  key: string,
  parts: readonly Uint8Array[],
): Promise<void> {
  const path = join(folders.bucket, key);
  const draft = join(folders.scratch, `${basename(key)}.${randomUUID()}${DRAFT_SUFFIX}`);
  try {
    await writeDurably(draft, parts);
    const folder = dirname(path);
    const firstMade = await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(draft, path);
    await syncFolder(folder);
    if (firstMade !== undefined) await syncParents(folder, dirname(firstMade));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Marks an object that is being written. */
export const DRAFT_SUFFIX = '.draft';

async function writeDurably(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(Buffer.concat(parts));
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** A new folder is an entry of its parent, which has to be durable too. */
async function syncParents(folder: string, top: string): Promise<void> {
  for (let parent = dirname(folder); parent.length >= top.length; parent = dirname(parent)) {
    await syncFolder(parent);
    if (parent === top) return;
  }
}

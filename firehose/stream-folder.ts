/** The data folder of a delivery stream: claimed by this process, cleared of half-written objects, its journal read. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, ToolkitError } from '../core/errors';
import { type FolderLock, lockFolder } from './folder-lock';
import { type Recovered, recoverSegments } from './journal-recovery';
import { DRAFT_SUFFIX } from './objects';

export interface StreamFolder {
  readonly journal: string;
  readonly bucket: string;
  readonly lock: FolderLock;
  /** What an earlier run accepted and did not deliver. */
  readonly recovered: Recovered;
}

/** @throws ToolkitError DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE. */
export async function openStreamFolder(folder: string, warn: (sentence: string) => void): Promise<StreamFolder> {
  const journal = join(folder, 'journal');
  const bucket = join(folder, 'bucket');
  let lock: FolderLock | undefined;
  try {
    await mkdir(journal, { recursive: true });
    await mkdir(bucket, { recursive: true });
    lock = await lockFolder(folder);
    await removeDrafts(journal);
    return { journal, bucket, lock, recovered: await recoverSegments(journal, warn) };
  } catch (error) {
    await lock?.release();
    if (error instanceof ToolkitError) throw error;
    throw new ToolkitError(
      'DATA_FOLDER_UNUSABLE',
      `The data folder ${folder} cannot be used: ${reasonOf(error)}.`,
      'Name a folder that can be written.',
      { cause: error },
    );
  }
}

/** Objects that were being written when an earlier run stopped: their records are still in the journal. */
async function removeDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.endsWith(DRAFT_SUFFIX)) await rm(join(folder, name), { force: true });
  }
}

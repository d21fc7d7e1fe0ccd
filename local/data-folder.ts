import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonOf, ToolkitError } from '../core/errors';

/**
 * Makes the folder that holds journal, bucket and store.
 *
 * @param folder without it a temporary one.
 * @throws ToolkitError DATA_FOLDER_UNUSABLE
 */
export async function makeDataFolder(folder: string | undefined): Promise<string> {
  try {
    if (folder === undefined) return await mkdtemp(join(tmpdir(), 'clickstreamy-'));
    await mkdir(folder, { recursive: true });
    return folder;
  } catch (error) {
    throw new ToolkitError(
      'DATA_FOLDER_UNUSABLE',
      `The data folder ${folder ?? tmpdir()} cannot be used: ${reasonOf(error)}.`,
      'Name a folder that can be written, with --data.',
      { cause: error },
    );
  }
}

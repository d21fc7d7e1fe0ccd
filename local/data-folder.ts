import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reasonOf, ToolkitError } from '../core/errors';

/**
 * Makes the folder that holds journal, bucket and store.
 *
 * @param folder without it, a temporary one is made.
 * @param site the site that will keep its files in it.
 * @throws ToolkitError DATA_FOLDER_UNUSABLE
 */
export async function makeDataFolder(folder: string | undefined, site: 'demo' | 'wordpress'): Promise<string> {
  try {
    if (folder === undefined) return await makeTemporary(site);
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

async function makeTemporary(site: 'demo' | 'wordpress'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'clickstreamy-'));
  // WordPress does not run as root: its user must be able to enter the folder, but not to list it.
  if (site === 'wordpress' && process.getuid?.() === 0) await chmod(folder, 0o711);
  return folder;
}

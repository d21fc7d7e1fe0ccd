import { chmod, mkdir, mkdtemp, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { errnoOf, reasonOf, ToolkitError } from '../core/errors';

/**
 * Makes the folder that holds journal, bucket and store, or a shipper's checkpoint.
 *
 * @param option the one that names it, for an error.
 * @throws ToolkitError DATA_FOLDER_UNUSABLE
 */
export async function makeDataFolder(folder: string, option = '--data'): Promise<string> {
  try {
    await makeFolder(resolve(folder));
    await refuseLinks(resolve(folder), option);
    return folder;
  } catch (error) {
    if (error instanceof ToolkitError) throw error;
    throw unusable(folder, option, error);
  }
}

/** @param site the site that will keep its files in it. @throws ToolkitError DATA_FOLDER_UNUSABLE */
export async function makeTemporaryFolder(site: 'demo' | 'wordpress'): Promise<string> {
  try {
    const folder = await mkdtemp(join(tmpdir(), 'clickstreamy-'));
    // WordPress does not run as root: its user must be able to enter the folder, but not to list it.
    if (site === 'wordpress' && process.getuid?.() === 0) await chmod(folder, 0o711);
    return folder;
  } catch (error) {
    throw unusable(tmpdir(), '--data', error);
  }
}

function unusable(folder: string, option: string, cause: unknown): ToolkitError {
  return new ToolkitError(
    'DATA_FOLDER_UNUSABLE',
    `The data folder ${folder} cannot be used: ${errnoOf(cause) === 'EEXIST' ? 'it is a file' : reasonOf(cause)}.`,
    `Name a folder that can be written, with ${option}.`,
    { cause },
  );
}

/** Folder by folder: Node’s own recursive mkdir never ends where a folder can hold none, as in /proc. */
async function makeFolder(folder: string): Promise<void> {
  const isThere = await stat(folder).then(
    (stats) => stats.isDirectory(),
    (error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
  if (isThere) return;
  if (dirname(folder) !== folder) await makeFolder(dirname(folder));
  await mkdir(folder, { mode: 0o700 });
}

/** What is kept there is opened by name: a link of that name would lead it anywhere. */
async function refuseLinks(folder: string, option: string): Promise<void> {
  const link = (await readdir(folder, { withFileTypes: true })).find((entry) => entry.isSymbolicLink());
  if (link === undefined) return;
  throw new ToolkitError(
    'DATA_FOLDER_UNUSABLE',
    `The data folder ${folder} cannot be used: ${link.name} in it is a link, and none is followed.`,
    `Remove the link, or name another folder with ${option}.`,
  );
}

import { open } from 'node:fs/promises';
import { errnoOf } from '../core/errors';

/** Makes new and renamed entries of a folder durable, where the system knows how (Windows does not, nor need it). */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot: they are durable when the file is.
    if (errnoOf(error) !== 'EINVAL') throw error;
  } finally {
    await handle.close();
  }
}

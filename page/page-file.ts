/** `page.json` in the data folder: the address of the running pipeline's page, through which `verify` reads its store. */
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isLoopback } from '../core/put-records';

const PageFile = z.object({ url: z.url({ protocol: /^http$/ }) });

const fileIn = (folder: string) => join(folder, 'page.json');

export async function writePageFile(folder: string, url: string): Promise<void> {
  const draft = `${fileIn(folder)}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  await file.writeFile(`${JSON.stringify({ url })}\n`).finally(() => file.close());
  await rename(draft, fileIn(folder));
}

export async function removePageFile(folder: string): Promise<void> {
  await rm(fileIn(folder), { force: true });
}

/**
 * @returns the address, or undefined without a usable file: one that a killed pipeline left behind may be, but a link, or an address on
 *   another machine, is not ours.
 */
export async function readPageFile(folder: string): Promise<URL | undefined> {
  try {
    const url = new URL(PageFile.parse(JSON.parse(await readUnlinked(fileIn(folder)))).url);
    return isLoopback(url) ? url : undefined;
  } catch {
    return undefined;
  }
}

async function readUnlinked(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  return file.readFile('utf8').finally(() => file.close());
}

/** `page.json` in the data folder: the address of the running pipeline's page, through which `verify` reads its store. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const PageFile = z.object({ url: z.url({ protocol: /^http$/ }) });

const fileIn = (folder: string) => join(folder, 'page.json');

export async function writePageFile(folder: string, url: string): Promise<void> {
  await writeFile(fileIn(folder), `${JSON.stringify({ url })}\n`);
}

export async function removePageFile(folder: string): Promise<void> {
  await rm(fileIn(folder), { force: true });
}

/** @returns the address, or undefined without a usable file. A pipeline that was killed leaves its file behind. */
export async function readPageFile(folder: string): Promise<URL | undefined> {
  const text = await readFile(fileIn(folder), 'utf8').catch(() => '');
  try {
    return new URL(PageFile.parse(JSON.parse(text)).url);
  } catch {
    return undefined;
  }
}

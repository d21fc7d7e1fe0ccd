/** `page.json` in the data folder: where the page of the pipeline that works there answers, so that `verify` can ask it. */
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

/** Undefined where none runs, as far as the folder says: one that was killed leaves its file. */
export async function readPageFile(folder: string): Promise<URL | undefined> {
  const text = await readFile(fileIn(folder), 'utf8').catch(() => '');
  try {
    return new URL(PageFile.parse(JSON.parse(text)).url);
  } catch {
    return undefined;
  }
}

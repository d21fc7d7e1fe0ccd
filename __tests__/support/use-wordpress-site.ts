/** Shared by the WordPress site's tests: a folder, a site in it, and its log. */
import { chmodSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWordPressSite, type WordPressSite } from '../../site/wordpress-site';
import { type Line, waitForLines } from './log-line';

export const TOKEN = "a token of the test's";

export interface WordPressBench {
  folder(): string;
  site(): WordPressSite;
  /** The whole log so far. */
  readLog(): Promise<string>;
  /** Waits for that many lines of a user agent. */
  linesOf(agent: string, count: number): Promise<readonly Line[]>;
}

/** One site for all tests of a `describe`; ended and removed after them, even if they failed. */
export function useWordPressSite(): WordPressBench {
  let folder: string;
  let site: WordPressSite | undefined;

  beforeAll(async () => {
    folder = await newFolder();
    site = await startWordPressSite({ folder, port: 0, token: TOKEN });
  });
  afterAll(async () => {
    await site?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const readLog = () => readFile(join(folder, 'log', 'access_log'), 'utf8');
  return {
    folder: () => folder,
    site: () => site as WordPressSite,
    readLog,
    linesOf: (agent, count) => waitForLines(readLog, (line) => line.agent === agent, count),
  };
}

/** A folder that the site's processes may enter, even if this process is root and they are not. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wordpress-site-'));
  chmodSync(folder, 0o755);
  return folder;
}

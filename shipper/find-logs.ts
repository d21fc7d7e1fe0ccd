import type { BigIntStats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { errnoOf, reasonOf, ToolkitError } from '../core/errors';
import { toFileSystem } from './walk-files';

export interface FoundLog {
  readonly path: string;
  /** Device and inode: they stay the same when the file is renamed. */
  readonly file: string;
  readonly stats: BigIntStats;
}

export interface Findings {
  /** Oldest first; each file once, however many names it has. */
  readonly logs: readonly FoundLog[];
  /** Patterns that matched no file. */
  readonly unmatched: readonly string[];
  /** What the patterns match and cannot be looked at: LOG_UNREADABLE. */
  readonly faults: readonly ToolkitError[];
}

/** Looks up the files of globs (`*`, `?`, `**`, `[abc]`, `{a,b}`) and plain paths; an existing path is never read as a glob. */
export async function findLogs(patterns: readonly string[]): Promise<Findings> {
  const logs = new Map<string, FoundLog>();
  const unmatched: string[] = [];
  const faults: ToolkitError[] = [];
  for (const pattern of patterns) {
    let files = 0;
    for (const path of await pathsOf(pattern, faults)) {
      const stats = await statOf(path).catch((error: unknown) => {
        if (!(error instanceof ToolkitError)) throw error;
        faults.push(error);
      });
      // Not a folder; nor a pipe or a device, which could block without end.
      if (!stats?.isFile()) continue;
      files += 1;
      const file = `${stats.dev}:${stats.ino}`;
      logs.set(file, { path, file, stats });
    }
    if (files === 0) unmatched.push(pattern);
  }
  return { logs: [...logs.values()].sort(byAge), unmatched, faults };
}

/** @param faults gets the folders that a pattern leads to and that cannot be read. */
async function pathsOf(pattern: string, faults: ToolkitError[]): Promise<readonly string[]> {
  const path = resolve(pattern);
  if (await exists(path)) return [path];
  const fs = toFileSystem((folder, error) => {
    if (!isAbsent(error)) faults.push(unreadable(resolve(folder), error));
  });
  return glob(pattern, { absolute: true, dot: true, onlyFiles: false, expandDirectories: false, fs });
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    return !isAbsent(error);
  }
}

/** @returns undefined if there is nothing. @throws ToolkitError LOG_UNREADABLE, also for a link that leads nowhere. */
async function statOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (!isAbsent(error)) throw unreadable(path, error);
    if (await exists(path)) throw deadLink(path, error);
    return undefined;
  }
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '');
}

/** By the last write, then by name: an archive, which keeps its log's time, usually comes after it, and waits for it anyway. */
function byAge(a: FoundLog, b: FoundLog): number {
  if (a.stats.mtimeNs !== b.stats.mtimeNs) return a.stats.mtimeNs < b.stats.mtimeNs ? -1 : 1;
  return a.path < b.path ? -1 : 1;
}

/** @throws ToolkitError LOG_NOT_FOUND or LOG_UNREADABLE for the first pattern that matches no file. */
export async function checkPatterns(patterns: readonly string[]): Promise<void> {
  const [pattern] = (await findLogs(patterns)).unmatched;
  if (pattern !== undefined) throw await notFound(pattern);
}

/** Why a pattern matched nothing: a folder that this user may not enter, or really nothing there. */
export async function notFound(pattern: string): Promise<ToolkitError> {
  const firstWild = pattern.search(/[*?[{]/);
  const folder = resolve(firstWild < 0 ? dirname(pattern) : dirname(`${pattern.slice(0, firstWild)}x`));
  try {
    await readdir(folder);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') return unreadable(folder, error);
  }
  if ((await statOf(pattern)) !== undefined) {
    const hint = 'Name the files: a folder needs a pattern after it, and a pipe or a device cannot be followed.';
    return new ToolkitError('LOG_NOT_FOUND', `${pattern} is not a file.`, hint);
  }
  return new ToolkitError(
    'LOG_NOT_FOUND',
    `No log matches ${pattern}.`,
    firstWild < 0 ? `Check the path: its folder is ${folder}.` : `Check the pattern: it is looked up in ${folder}.`,
  );
}

export function unreadable(path: string, cause: unknown): ToolkitError {
  const hint = ['EMFILE', 'ENFILE'].includes(errnoOf(cause) ?? '')
    ? 'Raise the limit of open files (`ulimit -n 65536`), or follow fewer logs.'
    : 'Give this user the right to read it and to enter every folder above it.';
  return new ToolkitError('LOG_UNREADABLE', `${path} cannot be read: ${reasonOf(cause)}.`, hint, { cause });
}

function deadLink(path: string, cause: unknown): ToolkitError {
  const message = `${path} cannot be read: it is a link that leads nowhere.`;
  return new ToolkitError('LOG_UNREADABLE', message, 'Remove the link, or correct where it leads.', { cause });
}

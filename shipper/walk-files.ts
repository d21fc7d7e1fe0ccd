import { type Dirent, lstat, readdir, realpath, type Stats, stat } from 'node:fs';
import type { FileSystemAdapter } from 'tinyglobby';

type Callback<T> = (error: NodeJS.ErrnoException | null, result?: T) => void;

/**
 * The file system as the search for a pattern’s files sees it. The search passes over what it cannot enter, and over links that lead
 * nowhere; here the one is told, and the other is found like any file.
 *
 * @param failed is called with each folder that cannot be read.
 */
export function toFileSystem(failed: (folder: string, error: NodeJS.ErrnoException) => void): FileSystemAdapter {
  const adapter = {
    readdir(folder: string, options: { withFileTypes: true }, callback: Callback<Dirent[]>) {
      readdir(folder, options, (error, entries) => {
        if (error !== null) failed(folder, error);
        callback(error, entries);
      });
    },
    realpath(path: string, callback: Callback<string>) {
      realpath(path, (error, real) => callback(null, error === null ? real : path));
    },
    stat(path: string, callback: Callback<Stats>) {
      stat(path, (error, stats) => (error === null ? callback(null, stats) : lstat(path, callback)));
    },
  };
  // The types of node:fs have overloads and promises, which the search does not use.
  return adapter as unknown as FileSystemAdapter;
}

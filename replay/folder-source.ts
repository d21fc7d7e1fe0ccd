/** The failed objects of a folder: the bucket of a local run, or what somebody copied from S3. Links are not followed. */
import { createReadStream, type Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, ToolkitError } from '../core/errors';
import type { Source, SourceObject } from './source';

const CHUNK_BYTES = 256 * 1024;

/**
 * @param folder a data folder of `local` stands for the bucket in it.
 * @throws ToolkitError REPLAY_SOURCE_UNREADABLE
 */
export async function openFolderSource(folder: string, prefix: string): Promise<Source> {
  const root = await findRoot(folder);
  return {
    place: root,
    async *objects(onProblem) {
      for await (const object of walk(root, '', onProblem)) if (object.key.startsWith(prefix)) yield object;
    },
  };
}

async function findRoot(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    if (!(await stat(root)).isDirectory()) throw notAFolder(folder);
    const isData = (await isFolder(join(root, 'bucket'))) && (await isFolder(join(root, 'journal')));
    return isData ? join(root, 'bucket') : root;
  } catch (error) {
    if (error instanceof ToolkitError) throw error;
    throw new ToolkitError(
      'REPLAY_SOURCE_UNREADABLE',
      `The folder ${folder} cannot be read: ${reasonOf(error)}.`,
      'Give the `bucket` folder of a run with --data, a copy of a bucket, or s3://BUCKET/PREFIX.',
      { cause: error },
    );
  }
}

const isFolder = (path: string) =>
  lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );

function notAFolder(folder: string): ToolkitError {
  return new ToolkitError(
    'REPLAY_SOURCE_UNREADABLE',
    `${folder} is a file.`,
    'Give the folder that holds it; --prefix chooses a file in it.',
  );
}

/** @param path within the root; empty, or ends with a slash. */
async function* walk(
  root: string,
  path: string,
  onProblem: (place: string, why: string) => void,
): AsyncGenerator<SourceObject> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(root, path), { withFileTypes: true });
  } catch (error) {
    onProblem(join(root, path), `cannot be listed: ${reasonOf(error)}`);
    return;
  }
  // As S3 sorts keys, in which the name of a folder ends with a slash.
  const names = entries.map((entry) => [entry.isDirectory() ? `${entry.name}/` : entry.name, entry] as const);
  for (const [name, entry] of names.sort(([one], [other]) => (one < other ? -1 : 1))) {
    const key = path + name;
    if (entry.isDirectory()) yield* walk(root, key, onProblem);
    else if (entry.isFile()) yield* toObject(root, key, onProblem);
    else if (entry.isSymbolicLink()) onProblem(join(root, key), 'is a link, which is not followed');
  }
}

async function* toObject(root: string, key: string, onProblem: (place: string, why: string) => void) {
  const location = join(root, key);
  try {
    const { size, mtimeMs } = await lstat(location);
    yield {
      key,
      location,
      version: `${size}-${Math.floor(mtimeMs)}`,
      read: () => readFile(location),
    } satisfies SourceObject;
  } catch (error) {
    onProblem(location, `cannot be read: ${reasonOf(error)}`);
  }
}

async function* readFile(path: string): AsyncGenerator<Buffer> {
  yield* createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>;
}

/** The data folder of a delivery stream: claimed by this process, cleared of half-written objects, its journal and positions read. */
import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, reasonOf, ToolkitError } from '../core/errors';
import { SourcePositions } from '../core/record-source';
import { type FolderLock, lockFolder } from './folder-lock';
import { type Recovered, recoverSegments } from './journal-recovery';
import { DRAFT_SUFFIX } from './objects';
import { POSITIONS_FILE, PositionsFile } from './positions-file';

export interface StreamFolder {
  readonly journal: string;
  readonly bucket: string;
  readonly lock: FolderLock;
  readonly positions: SourcePositions;
  readonly positionsFile: PositionsFile;
  /** What an earlier run accepted and did not deliver. */
  readonly recovered: Recovered;
}

/** Rises when a version of clickstreamy writes what the one before cannot read. */
const FORMAT = 2;
const FORMAT_FILE = 'format';

/** @throws ToolkitError DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE. */
export async function openStreamFolder(folder: string, warn: (sentence: string) => void): Promise<StreamFolder> {
  const journal = join(folder, 'journal');
  const bucket = join(folder, 'bucket');
  let lock: FolderLock | undefined;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    lock = await lockFolder(folder);
    await checkFormat(folder);
    for (const path of [journal, bucket]) await makeOwnFolder(path);
    await removeDrafts(journal);
    const positions = new SourcePositions();
    const { file: positionsFile, damaged } = await PositionsFile.open(join(folder, POSITIONS_FILE), positions);
    if (damaged !== undefined)
      warn(`${join(folder, POSITIONS_FILE)} was damaged: the lines that could not be read are kept in ${damaged}.`);
    const recovered = await recoverSegments(journal, positions, warn);
    return { journal, bucket, lock, positions, positionsFile, recovered };
  } catch (error) {
    await lock?.release();
    if (error instanceof ToolkitError) throw error;
    throw unusable(
      folder,
      errnoOf(error) === 'EEXIST' ? 'it is a file' : reasonOf(error),
      'Name a folder that can be written.',
      error,
    );
  }
}

async function checkFormat(folder: string): Promise<void> {
  const path = join(folder, FORMAT_FILE);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  });
  if (Number(text) > FORMAT) {
    const why = `it was written by a newer version of clickstreamy (format ${text.trim()}; this version knows ${FORMAT})`;
    throw unusable(folder, why, 'Use that version, or another folder.');
  }
  if (Number(text) !== FORMAT) await writeFile(path, `${FORMAT}\n`, { mode: 0o600 });
}

/** A link in its place could lead the journal anywhere. */
async function makeOwnFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if ((await lstat(path)).isDirectory()) return;
  throw unusable(path, 'it is a link', 'Remove the link: the folder has to be a real one.');
}

/** Objects that were being written when an earlier run stopped: their records are still in the journal. */
async function removeDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.endsWith(DRAFT_SUFFIX)) await rm(join(folder, name), { force: true });
  }
}

function unusable(folder: string, why: string, hint: string, cause?: unknown): ToolkitError {
  return new ToolkitError('DATA_FOLDER_UNUSABLE', `The data folder ${folder} cannot be used: ${why}.`, hint, { cause });
}

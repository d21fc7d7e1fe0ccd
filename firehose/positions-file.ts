/**
 * How far the logs are delivered, by content: durable before the segment that held their lines is removed, so that a line is
 * either in the journal or in here, and is never accepted again. One line of JSON behind its CRC-32 for each segment.
 */
import { type FileHandle, open, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { ByteRange } from '../core/byte-ranges';
import { errnoOf } from '../core/errors';
import type { Fingerprint } from '../core/fingerprint';
import { SourcePositions } from '../core/record-source';
import { syncFolder } from './sync-folder';

export const POSITIONS_FILE = 'positions.jsonl';

/** What one segment delivered of one content. */
interface DeliveredRange {
  readonly key: string;
  readonly path: string;
  readonly file: string;
  readonly head: Fingerprint;
  readonly range: ByteRange;
}

/** Contents that have not been read for so long that this many others have come since are forgotten: twenty years of daily rotation of seven logs. */
const MAX_CONTENTS = 50_000;
const CRC_CHARACTERS = 8;

export class PositionsFile {
  readonly #handle: FileHandle;
  #length: number;

  private constructor(handle: FileHandle, length: number) {
    this.#handle = handle;
    this.#length = length;
  }

  /**
   * Reads the positions that an earlier run left into `positions`, and writes them again as few lines.
   *
   * @returns the file, and a copy of its damaged lines if there are any.
   */
  static async open(path: string, positions: SourcePositions): Promise<{ file: PositionsFile; damaged?: string }> {
    const { ranges, damagedLines } = readLines(await readIfThere(path));
    const recent = new Set<string>();
    for (const { key } of ranges.toReversed()) if (recent.size < MAX_CONTENTS) recent.add(key);
    const merged = new SourcePositions();
    for (const { range, ...source } of ranges)
      for (const target of [merged, positions]) if (recent.has(source.key)) target.add(source, range, 'delivered');
    const damaged = damagedLines === '' ? undefined : `${path}.damaged`;
    if (damaged !== undefined) await writeFile(damaged, damagedLines, { mode: 0o600, flush: true });
    const text = toLine(merged);
    const temporary = `${path}.new`;
    await writeFile(temporary, text, { mode: 0o600, flush: true });
    await rename(temporary, path);
    await syncFolder(dirname(path));
    const file = new PositionsFile(await open(path, 'r+'), Buffer.byteLength(text));
    return damaged === undefined ? { file } : { file, damaged: basename(damaged) };
  }

  /** Resolves once the ranges are on disk. What an attempt that failed has left is written over by the next one. */
  async append(delivered: SourcePositions): Promise<void> {
    const line = Buffer.from(toLine(delivered));
    if (line.length === 0) return;
    const { bytesWritten } = await this.#handle.write(line, 0, line.length, this.#length);
    if (bytesWritten < line.length) throw new Error('the disk is full');
    await this.#handle.datasync();
    this.#length += line.length;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  }
}

function toLine(positions: SourcePositions): string {
  const ranges: DeliveredRange[] = positions
    .all()
    .flatMap(({ delivered, accepted: _, ...source }) => delivered.map((range) => ({ ...source, range })));
  if (ranges.length === 0) return '';
  const json = JSON.stringify(ranges);
  return `${crcOf(json)} ${json}\n`;
}

const crcOf = (json: string) => crc32(json).toString(16).padStart(CRC_CHARACTERS, '0');

/** A last line without its newline was being written when the process ended: its segment is still there. */
function readLines(text: string): { readonly ranges: readonly DeliveredRange[]; readonly damagedLines: string } {
  const ranges: DeliveredRange[] = [];
  let damagedLines = '';
  for (const line of text.split('\n').slice(0, -1)) {
    const json = line.slice(CRC_CHARACTERS + 1);
    if (line.slice(0, CRC_CHARACTERS) === crcOf(json)) for (const range of JSON.parse(json)) ranges.push(range);
    else damagedLines += `${line}\n`;
  }
  return { ranges, damagedLines };
}

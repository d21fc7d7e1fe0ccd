/** Reads what an earlier run left in the journal: every whole frame, whatever happened to the bytes around it. */
import { readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Batch, frameEnd, MARKER_BYTES, readBatch } from './batch';
import { SEGMENT_MAGIC, SEGMENT_SUFFIX, type Segment } from './journal';

const HEADER_BYTES = SEGMENT_MAGIC.length + MARKER_BYTES;

export interface Recovered {
  /** In the order in which they were accepted. */
  readonly segments: readonly Segment[];
  readonly nextSegment: number;
}

/**
 * Reads the segments of a journal.
 *
 * A frame cut off at the end was never acknowledged: it is removed, with one warning. A damaged frame may have been
 * acknowledged: its bytes are kept in a file that the warning names, and reading goes on after it.
 */
export async function recoverSegments(folder: string, warn: (sentence: string) => void): Promise<Recovered> {
  const names = (await readdir(folder)).filter((name) => /^\d+\.journal$/.test(name)).sort();
  const segments: Segment[] = [];
  for (const name of names) {
    const segment = await recoverSegment(join(folder, name), warn);
    if (segment !== undefined) segments.push(segment);
  }
  const last = names.at(-1)?.slice(0, -SEGMENT_SUFFIX.length);
  return { segments, nextSegment: Number(last ?? 0) + 1 };
}

async function recoverSegment(path: string, warn: (sentence: string) => void): Promise<Segment | undefined> {
  const bytes = await readFile(path);
  if (bytes.length <= HEADER_BYTES) {
    await rm(path);
    return undefined;
  }
  if (bytes.compare(SEGMENT_MAGIC, 0, SEGMENT_MAGIC.length, 0, SEGMENT_MAGIC.length) !== 0) {
    await setAside(path, bytes, warn);
    return undefined;
  }
  const { batches, gaps } = readFrames(bytes);
  for (const gap of gaps) {
    if (gap.torn) await cutTail(path, gap, warn);
    else await saveGap(path, bytes, gap, warn);
  }
  if (batches.length > 0) {
    const records = batches.reduce((sum, { count }) => sum + count, 0);
    return { path, batches, records, bytes: bytes.length };
  }
  await rm(path);
  return undefined;
}

interface Gap {
  readonly start: number;
  readonly end: number;
  /** It was being written when the process or the machine stopped. */
  readonly torn: boolean;
}

function readFrames(bytes: Buffer): { readonly batches: readonly Batch[]; readonly gaps: readonly Gap[] } {
  const marker = bytes.subarray(SEGMENT_MAGIC.length, HEADER_BYTES);
  const batches: Batch[] = [];
  const gaps: Gap[] = [];
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const batch = readBatch(bytes, marker, at);
    if (batch !== undefined) {
      batches.push(batch);
      at += batch.frame.length;
    } else {
      const end = nextFrame(bytes, marker, at + 1);
      gaps.push({ start: at, end, torn: end === bytes.length && isTorn(bytes, at) });
      at = end;
    }
  }
  return { batches, gaps };
}

/** Where the next sound frame starts; the end of the segment if there is none. */
function nextFrame(bytes: Buffer, marker: Buffer, from: number): number {
  for (let at = bytes.indexOf(marker, from); at !== -1; at = bytes.indexOf(marker, at + 1)) {
    if (readBatch(bytes, marker, at) !== undefined) return at;
  }
  return bytes.length;
}

/** Cut off, or all zeros: after a power cut the disk may have the file's new length without its bytes. */
function isTorn(bytes: Buffer, at: number): boolean {
  const end = frameEnd(bytes, at);
  return end === undefined || end > bytes.length || bytes.subarray(at).every((byte) => byte === 0);
}

async function cutTail(path: string, { start, end }: Gap, warn: (sentence: string) => void): Promise<void> {
  await truncate(path, start);
  warn(
    `The journal ${path} ended in ${end - start} bytes of a batch that was never acknowledged; they were removed, and the sender sends the batch again.`,
  );
}

async function saveGap(path: string, bytes: Buffer, gap: Gap, warn: (sentence: string) => void): Promise<void> {
  const aside = `${path}.at-${gap.start}.damaged`;
  await writeFile(aside, bytes.subarray(gap.start, gap.end), { flush: true });
  warn(
    `The journal ${path} is damaged at byte ${gap.start}: ${gap.end - gap.start} bytes could not be read and were kept in ${basename(aside)}; all other batches are delivered.`,
  );
}

async function setAside(path: string, bytes: Buffer, warn: (sentence: string) => void): Promise<void> {
  const aside = `${path}.damaged`;
  await rename(path, aside);
  warn(
    `The journal ${path} is damaged at its start: its ${bytes.length} bytes could not be read and were kept in ${basename(aside)}.`,
  );
}

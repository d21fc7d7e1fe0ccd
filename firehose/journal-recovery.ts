/** Reads what an earlier run left in the journal: every whole frame, whatever happened to the bytes around it. */
import { readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { covers } from '../core/byte-ranges';
import { rangeOf, type SourcePositions } from '../core/record-source';
import { type Batch, eachSource, frameEnd, isHeaderCut, MARKER_BYTES, readBatch } from './batch';
import { SEGMENT_MAGIC, SEGMENT_SUFFIX, type Segment } from './journal';

const HEADER_BYTES = SEGMENT_MAGIC.length + MARKER_BYTES;

export interface Recovered {
  /** In the order in which they were accepted. */
  readonly segments: readonly Segment[];
  readonly nextSegment: number;
  /** Bytes that could not be read; they were set aside. */
  readonly damagedBytes: number;
}

/**
 * Reads the segments of a journal.
 *
 * A frame cut off at the end was never acknowledged: it is removed, with one warning. A damaged frame may have been
 * acknowledged: its bytes are kept in a file that the warning names, and reading goes on after it.
 *
 * @param positions what is delivered already; gets what the segments hold. A batch whose lines are in it is left out.
 */
export async function recoverSegments(
  folder: string,
  positions: SourcePositions,
  warn: (sentence: string) => void,
): Promise<Recovered> {
  const names = (await readdir(folder)).filter((name) => /^\d+\.journal$/.test(name)).sort();
  const segments: Segment[] = [];
  let damagedBytes = 0;
  for (const name of names) {
    const found = await recoverSegment(join(folder, name), positions, warn);
    if (found.segment !== undefined) segments.push(found.segment);
    damagedBytes += found.damagedBytes;
  }
  const last = names.at(-1)?.slice(0, -SEGMENT_SUFFIX.length);
  return { segments, nextSegment: Number(last ?? 0) + 1, damagedBytes };
}

interface Found {
  readonly segment?: Segment;
  readonly damagedBytes: number;
}

async function recoverSegment(
  path: string,
  positions: SourcePositions,
  warn: (sentence: string) => void,
): Promise<Found> {
  const bytes = await readFile(path);
  if (bytes.length <= HEADER_BYTES) {
    await rm(path);
    return { damagedBytes: 0 };
  }
  if (bytes.compare(SEGMENT_MAGIC, 0, SEGMENT_MAGIC.length, 0, SEGMENT_MAGIC.length) !== 0) {
    await setAside(path, bytes, warn);
    return { damagedBytes: bytes.length };
  }
  const { batches, gaps } = readFrames(bytes);
  let damagedBytes = 0;
  for (const gap of gaps) {
    if (gap.torn) await cutTail(path, gap, warn);
    else {
      await saveGap(path, bytes, gap, warn);
      damagedBytes += gap.end - gap.start;
    }
  }
  const kept = batches.filter(({ batch }) => isNew(batch, positions));
  if (kept.length > 0) return { segment: toSegment(path, bytes.length, kept), damagedBytes };
  await rm(path);
  return { damagedBytes };
}

interface Frame {
  readonly at: number;
  readonly batch: Batch;
}

/** Its batches are read again when it is delivered: a journal may be larger than the memory. */
function toSegment(path: string, bytes: number, frames: readonly Frame[]): Segment {
  const places = frames.map(({ at }) => at);
  const records = frames.reduce((sum, { batch }) => sum + batch.count, 0);
  return {
    path,
    records,
    bytes,
    load: async () => {
      const content = await readFile(path);
      const marker = content.subarray(SEGMENT_MAGIC.length, HEADER_BYTES);
      return places.map((at) => {
        const batch = readBatch(content, marker, at);
        if (batch === undefined) throw new Error(`${path} has changed at byte ${at} since it was read`);
        return batch;
      });
    },
  };
}

/** Notes what a batch holds. A batch that is already known was written twice, because the disk did not say that it had it. */
function isNew(batch: Batch, positions: SourcePositions): boolean {
  const { sources } = batch;
  const isKnown = ({ key, from, to }: (typeof sources)[number]) => covers(positions.get(key)?.accepted ?? [], from, to);
  if (sources.length > 0 && sources.every(isKnown)) return false;
  eachSource(batch, (source, lastRecord) => positions.add(source, rangeOf(source, lastRecord), 'accepted'));
  return true;
}

interface Gap {
  readonly start: number;
  readonly end: number;
  /** It was being written when the process or the machine stopped. */
  readonly torn: boolean;
}

function readFrames(bytes: Buffer): { readonly batches: readonly Frame[]; readonly gaps: readonly Gap[] } {
  const marker = bytes.subarray(SEGMENT_MAGIC.length, HEADER_BYTES);
  const batches: Frame[] = [];
  const gaps: Gap[] = [];
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const batch = readBatch(bytes, marker, at);
    if (batch !== undefined) {
      batches.push({ at, batch });
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
  if (end !== undefined ? end > bytes.length : isHeaderCut(bytes, at)) return true;
  return bytes.subarray(at).every((byte) => byte === 0);
}

async function cutTail(path: string, { start, end }: Gap, warn: (sentence: string) => void): Promise<void> {
  await truncate(path, start);
  warn(
    `The journal ${path} ended in ${end - start} bytes of a batch that was never acknowledged; they were removed, and the sender sends the batch again.`,
  );
}

async function saveGap(path: string, bytes: Buffer, gap: Gap, warn: (sentence: string) => void): Promise<void> {
  const aside = `${path}.at-${gap.start}.damaged`;
  await writeFile(aside, bytes.subarray(gap.start, gap.end), { mode: 0o600, flush: true });
  warn(
    `The journal ${path} is damaged at byte ${gap.start}: ${gap.end - gap.start} bytes could not be read and were kept in ${basename(aside)}. Lines of a log that is still there are read again; all other batches are delivered.`,
  );
}

async function setAside(path: string, bytes: Buffer, warn: (sentence: string) => void): Promise<void> {
  const aside = `${path}.damaged`;
  await rename(path, aside);
  warn(
    `The journal ${path} is damaged at its start: its ${bytes.length} bytes could not be read and were kept in ${basename(aside)}. Lines of a log that is still there are read again.`,
  );
}

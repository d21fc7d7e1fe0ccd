/**
 * The journal: batches are on disk before anybody is told that they are accepted.
 *
 * One segment file is one buffer of the stream: it is appended to until it is sealed (full, old enough, or on demand),
 * then delivered, then deleted. So a file that exists is the durable mark of what is still to be delivered, and a
 * buffer delivered again after a crash has the same records, ids and object names.
 */
import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, ToolkitError } from '../core/errors';
import { type Batch, MARKER_BYTES } from './batch';
import { syncFolder } from './sync-folder';

/** What a segment starts with: `CLICKSJ` and the version of the format, one byte. The segment's marker follows. */
export const SEGMENT_MAGIC = Buffer.from('CLICKSJ\x02', 'latin1');
export const SEGMENT_SUFFIX = '.journal';

/** Batches that are delivered together; their file exists until they are. */
export interface Segment {
  readonly path: string;
  readonly records: number;
  /** In memory, once it is loaded. */
  readonly bytes: number;
  /** Those that an earlier run left are read when their turn comes. */
  load(): Promise<readonly Batch[]>;
}

/** What the journal uses of a `FileHandle`. */
export interface SegmentFile {
  writev(parts: readonly Uint8Array[], position: number): Promise<{ readonly bytesWritten: number }>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface JournalProps {
  readonly folder: string;
  /** A segment is sealed when it reaches this size (its records and 4 bytes more for each) … */
  readonly segmentBytes: number;
  /** … or its first batch this age. */
  readonly segmentSeconds: number;
  /** The number that the next segment's name is made of. */
  readonly nextSegment: number;
  /** Takes each segment as it is sealed. */
  readonly sealed: (segment: Segment) => void;
  /** @default node:fs/promises' open */
  readonly openFile?: (path: string, flags: string, mode: number) => Promise<SegmentFile>;
}

/** A batch to write, or a request to seal what is queued before it. */
interface QueuedWork {
  /** @default a request to seal */
  readonly batch?: Batch;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface ActiveSegment {
  readonly path: string;
  readonly file: SegmentFile;
  readonly marker: Buffer;
  readonly batches: Batch[];
  /** The file's length up to the end of its last good frame. */
  bytes: number;
  timer?: NodeJS.Timeout;
}

export class Journal {
  readonly #props: JournalProps;
  readonly #queue: QueuedWork[] = [];
  #nextSegment: number;
  #active: ActiveSegment | undefined;
  #running: Promise<void> | undefined;

  constructor(props: JournalProps) {
    this.#props = props;
    this.#nextSegment = props.nextSegment;
  }

  /**
   * Resolves once the batch is on disk; batches that wait at the same time share one sync.
   *
   * @throws ToolkitError JOURNAL_WRITE_FAILED: nothing of the batch is kept.
   */
  append(batch: Batch): Promise<void> {
    return this.#enqueue(batch);
  }

  /** Seals what was appended before, however little. */
  seal(): Promise<void> {
    return this.#enqueue();
  }

  /** Deletes a delivered segment. A power cut may undo that: then it is delivered again, under the same ids. */
  async remove(segment: Segment): Promise<void> {
    await rm(segment.path, { force: true });
  }

  /** Ends what is queued and leaves the files as they are. */
  async close(): Promise<void> {
    await this.#running;
    clearTimeout(this.#active?.timer);
    await this.#active?.file.close();
    this.#active = undefined;
  }

  #enqueue(batch?: Batch): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push(batch === undefined ? { resolve, reject } : { batch, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    // A turn of the event loop, so that what arrives together is written together.
    await new Promise(setImmediate);
    while (this.#queue.length > 0) {
      const group = this.#takeGroup();
      if (group.length > 0) await this.#commit(group);
      const seal = this.#queue[0]?.batch === undefined ? this.#queue.shift() : undefined;
      if (seal !== undefined || (this.#active?.bytes ?? 0) >= this.#props.segmentBytes) await this.#sealActive();
      seal?.resolve();
    }
    // In the same turn as the last look at the queue: what is queued from now on must start the next run.
    this.#running = undefined;
  }

  /** The batches up to the next request to seal, but no more than the segment takes. */
  #takeGroup(): (QueuedWork & { readonly batch: Batch })[] {
    const group = [];
    let bytes = this.#active?.bytes ?? 0;
    for (const { batch, resolve, reject } of this.#queue) {
      if (batch === undefined || bytes >= this.#props.segmentBytes) break;
      bytes += batch.frame.length;
      group.push({ batch, resolve, reject });
    }
    this.#queue.splice(0, group.length);
    return group;
  }

  async #commit(group: readonly (QueuedWork & { readonly batch: Batch })[]): Promise<void> {
    try {
      await this.#write(group.map(({ batch }) => batch));
    } catch (error) {
      const failure = writeFailed(this.#props.folder, error);
      for (const { reject } of group) reject(failure);
      await this.#cutBack();
      return;
    }
    for (const { resolve } of group) resolve();
  }

  async #write(batches: readonly Batch[]): Promise<void> {
    this.#active ??= await this.#openSegment();
    const active = this.#active;
    const isNew = active.bytes === 0;
    for (const { frame } of batches) frame.set(active.marker, 0);
    const parts = batches.map(({ frame }) => frame);
    if (isNew) parts.unshift(Buffer.concat([SEGMENT_MAGIC, active.marker]));
    const written = await writeAll(active.file, parts, active.bytes);
    await Promise.all([active.file.datasync(), isNew ? syncFolder(this.#props.folder) : undefined]);
    active.bytes += written;
    active.batches.push(...batches);
    active.timer ??= setTimeout(() => this.seal(), this.#props.segmentSeconds * 1000);
  }

  async #openSegment(): Promise<ActiveSegment> {
    const { folder, openFile = open } = this.#props;
    const path = join(folder, `${String(this.#nextSegment++).padStart(12, '0')}${SEGMENT_SUFFIX}`);
    const file = await openFile(path, 'wx', 0o600);
    return { path, file, marker: randomBytes(MARKER_BYTES), batches: [], bytes: 0 };
  }

  /** Cuts off a half-written frame. If even that fails, nothing more is written after it. */
  async #cutBack(): Promise<void> {
    const active = this.#active;
    if (active === undefined) return;
    try {
      await active.file.truncate(active.bytes);
    } catch {
      await this.#sealActive();
    }
  }

  async #sealActive(): Promise<void> {
    const active = this.#active;
    if (active === undefined) return;
    this.#active = undefined;
    clearTimeout(active.timer);
    // Every frame in it is synced: an error on close loses nothing.
    await active.file.close().catch(() => {});
    if (active.batches.length === 0) return;
    const records = active.batches.reduce((sum, { count }) => sum + count, 0);
    const { path, batches } = active;
    const bytes = batches.reduce((sum, { frame }) => sum + frame.length, 0);
    this.#props.sealed({ path, records, bytes, load: async () => batches });
  }
}

async function writeAll(file: SegmentFile, parts: readonly Buffer[], position: number): Promise<number> {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  let { bytesWritten: done } = await file.writev(parts, position);
  while (done < total) {
    // A disk that fills up often makes a short write; writing the rest then fails with the reason.
    const { bytesWritten } = await file.writev([Buffer.concat(parts).subarray(done)], position + done);
    done += bytesWritten;
  }
  return total;
}

function writeFailed(folder: string, error: unknown): ToolkitError {
  const message = `The journal in ${folder} cannot be written: ${reasonOf(error)}.`;
  const hint =
    'Free space on the disk, or correct the folder’s rights; what was accepted before is safe, send this batch again.';
  return new ToolkitError('JOURNAL_WRITE_FAILED', message, hint, { cause: error });
}

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errnoOf, ToolkitError } from '../core/errors';
import { type FoundLog, isGzip, unreadable } from './find-logs';
import { GunzipError, gunzip } from './gunzip';
import { HEAD_BYTES, LogContent } from './log-content';
import type { LongLine } from './long-line';

/** A block holds the longest line that may be sent, and more: what follows its last newline is simply read again. */
export const BLOCK_BYTES = 1024 * 1024;

export type Read =
  | { readonly kind: 'block'; readonly block: Buffer; readonly atEnd: boolean }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'truncated' };

/**
 * One file, held open from when it is found: a rename, a deletion or a writer that comes late change nothing.
 * Watched by its size, which every file system tells, unlike events.
 */
export class FollowedLog {
  /** The last name it was seen under. */
  path: string;
  /** Device and inode. */
  readonly file: string;
  readonly gzip: boolean;
  /** Whether it was there when the shipper started. */
  readonly early: boolean;
  /** Of a plain log: how it began when it was found. */
  firstHead: Buffer = Buffer.alloc(0);
  readonly foundAtMs = Date.now();
  /** What its bytes are; undefined until it is known whether they are a copy of what has been read. */
  content: LogContent | undefined;
  /** The line that is being put aside. */
  longLine: LongLine | undefined;
  missing = false;
  /** All of it is read and nothing more can come. */
  done = false;
  truncationTold = false;
  lastNewsMs = Date.now();
  /** As on the disk: of a `.gz`, packed. */
  size: number;
  /** Of a `.gz`: how much of the packed file is done. */
  packedRead = 0;
  readonly #handle: FileHandle;
  #seenMtimeNs = -1n;
  #seenSize = -1;

  private constructor(found: FoundLog, early: boolean, handle: FileHandle) {
    this.path = found.path;
    this.file = found.file;
    this.gzip = isGzip(found.path);
    this.size = Number(found.stats.size);
    this.early = early;
    this.#handle = handle;
  }

  /** @returns undefined if the file went away meanwhile, or its name now means another one. */
  static async open(found: FoundLog, early: boolean): Promise<FollowedLog | undefined> {
    let handle: FileHandle;
    try {
      // O_NONBLOCK: a pipe put in its place meanwhile must not hold us.
      handle = await open(found.path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw unreadable(found.path, error);
    }
    const { dev, ino } = await handle.stat({ bigint: true });
    if (`${dev}:${ino}` !== found.file) {
      await handle.close();
      return undefined;
    }
    const log = new FollowedLog(found, early, handle);
    if (!log.gzip) log.firstHead = await log.head();
    return log;
  }

  /** The first bytes of the content, at most HEAD_BYTES. */
  async head(): Promise<Buffer> {
    if (!this.gzip) return this.#readAt(0, HEAD_BYTES);
    return (await this.#unpacked(0, HEAD_BYTES)) ?? Buffer.alloc(0);
  }

  /** The `bytes` bytes before `offset` of the content; undefined if it ends before. */
  async before(offset: number, bytes: number): Promise<Buffer | undefined> {
    const start = offset - bytes;
    const read = this.gzip ? await this.#unpacked(start, bytes) : await this.#readAt(start, bytes);
    return read?.length === bytes ? read : undefined;
  }

  async #unpacked(start: number, bytes: number): Promise<Buffer | undefined> {
    const kept: Buffer[] = [];
    let position = 0;
    for await (const piece of this.unpack()) {
      if (position + piece.length > start) kept.push(piece.subarray(Math.max(0, start - position)));
      position += piece.length;
      if (position >= start + bytes) break;
    }
    return position < start ? undefined : Buffer.concat(kept).subarray(0, bytes);
  }

  /** @throws ToolkitError LOG_CORRUPT, after all that could be unpacked. */
  async *unpack(progress?: (packedBytes: number) => void): AsyncGenerator<Buffer> {
    try {
      yield* gunzip(this.#handle, progress);
    } catch (error) {
      if (!(error instanceof GunzipError)) throw unreadable(this.path, error);
      throw new ToolkitError(
        'LOG_CORRUPT',
        `${this.path} is not good gzip beyond byte ${error.packedOffset} of ${this.size}: ${error.message}.`,
        'What stands before that is shipped. Mend the file (gzip -t tests it) or move it out of the pattern.',
        { cause: error },
      );
    }
  }

  /** Whether the file has changed within these milliseconds. */
  async changedWithin(ms: number): Promise<boolean> {
    const { ctimeMs, size } = await this.#handle.stat();
    this.size = size;
    return Date.now() - ctimeMs < ms;
  }

  /** Reads on in a plain log. Every read begins with bytes already read: where they differ, the log was written anew. */
  async read(content: LogContent, final: boolean): Promise<Read> {
    try {
      const { size, mtimeNs } = await this.#handle.stat({ bigint: true });
      if (this.size !== Number(size)) this.lastNewsMs = Date.now();
      this.size = Number(size);
      if (this.size < content.readOffset) return { kind: 'truncated' };
      if (!final && this.size === this.#seenSize && mtimeNs === this.#seenMtimeNs) return { kind: 'nothing' };
      const overlap = content.tail.length;
      const wanted = Math.min(this.size - content.readOffset, BLOCK_BYTES) + overlap;
      const bytes = await this.#readAt(content.readOffset - overlap, wanted);
      if (!bytes.subarray(0, overlap).equals(content.tail)) return { kind: 'truncated' };
      if (content.readOffset < HEAD_BYTES && !(await this.#growHead(content))) return { kind: 'truncated' };
      const atEnd = content.readOffset + bytes.length - overlap >= this.size;
      if (atEnd) {
        this.#seenSize = this.size;
        this.#seenMtimeNs = mtimeNs;
      }
      if (bytes.length === overlap) return { kind: 'nothing' };
      return { kind: 'block', block: bytes.subarray(overlap), atEnd };
    } catch (error) {
      throw unreadable(this.path, error);
    }
  }

  /** Whether the content still begins as it did. */
  async #growHead(content: LogContent): Promise<boolean> {
    const head = await this.#readAt(0, HEAD_BYTES);
    const read = Math.min(content.head.length, content.readOffset);
    if (!head.subarray(0, read).equals(content.head.subarray(0, read))) return false;
    content.head = head;
    return true;
  }

  /** A content that begins at 0, after a truncation or where nothing is known of it. */
  async newContent(): Promise<LogContent> {
    this.#seenSize = -1;
    return new LogContent(await this.head());
  }

  async #readAt(start: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(bytes, filled, length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  /** Notes whether the patterns still match it. */
  see(present: boolean): void {
    if (!present && !this.missing) this.lastNewsMs = Date.now();
    this.missing = !present;
  }

  /** Of `size`. */
  get bytesRead(): number {
    if (this.done) return this.size;
    return Math.min(this.gzip ? this.packedRead : (this.content?.readOffset ?? 0), this.size);
  }

  async close(): Promise<void> {
    await this.longLine?.close();
    await this.#handle.close();
  }
}

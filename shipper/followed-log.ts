import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errnoOf, ToolkitError } from '../core/errors';
import { GunzipError, gunzip } from '../core/gunzip';
import { GZIP_MAGIC_BYTES, isGzip } from '../core/packing';
import { type FoundLog, unreadable } from './find-logs';
import { HEAD_BYTES, LogContent } from './log-content';
import type { LongLine } from './long-line';
import { readAt, readRange } from './read-bytes';

/** More than the longest line that may be sent: what follows a block's last newline is simply read again. */
export const BLOCK_BYTES = 1024 * 1024;

export type Read =
  | { readonly kind: 'block'; readonly block: Buffer; readonly atEnd: boolean }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'truncated' };

/**
 * One file, held open from when it is found, so that a rename, a deletion or a late writer change nothing.
 * Watched by its size, which every file system reports, unlike events.
 */
export class FollowedLog {
  /** Device and inode. */
  readonly file: string;
  /** Whether it was there when the shipper started. */
  readonly isEarly: boolean;
  readonly #handle: FileHandle;
  readonly #foundAtMs = Date.now();
  #path: string;
  #isGzip: boolean | undefined;
  #firstHead: Buffer = Buffer.alloc(0);
  #content: LogContent | undefined;
  #longLine: LongLine | undefined;
  #isMissing = false;
  #isDone = false;
  #wasTruncated = false;
  #lastNewsMs = Date.now();
  #size: number;
  /** How much of a gzip file is unpacked. */
  #packedRead = 0;
  #seenMtimeNs = -1n;
  #seenSize = -1;

  private constructor(found: FoundLog, isEarly: boolean, handle: FileHandle) {
    this.#path = found.path;
    this.file = found.file;
    this.#size = Number(found.stats.size);
    this.isEarly = isEarly;
    this.#handle = handle;
  }

  /** @returns undefined if the file has disappeared since, or its name now means another one. */
  static async open(found: FoundLog, isEarly: boolean): Promise<FollowedLog | undefined> {
    let handle: FileHandle;
    try {
      // O_NONBLOCK: a pipe put in its place meanwhile must not block us.
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
    const log = new FollowedLog(found, isEarly, handle);
    await log.recognize(false);
    return log;
  }

  /** The last name it was seen under. */
  get path(): string {
    return this.#path;
  }

  /** In bytes on the disk: for gzip, packed. */
  get size(): number {
    return this.#size;
  }

  /** By its first bytes; undefined while there are too few of them. */
  get isGzip(): boolean | undefined {
    return this.#isGzip;
  }

  /** What its bytes are; undefined until it is known whether they are a copy of something that has been read. */
  get content(): LogContent | undefined {
    return this.#content;
  }

  /** The first bytes of a plain log as last seen, at most HEAD_BYTES. */
  get knownHead(): Buffer {
    return this.#content?.head ?? this.#firstHead;
  }

  /** The line that is being put aside. */
  get longLine(): LongLine | undefined {
    return this.#longLine;
  }

  get isMissing(): boolean {
    return this.#isMissing;
  }

  /** All of it is read and nothing more can come. */
  get isDone(): boolean {
    return this.#isDone;
  }

  get ageMs(): number {
    return Date.now() - this.#foundAtMs;
  }

  /** Since it last grew or lost its name. */
  get silentMs(): number {
    return Date.now() - this.#lastNewsMs;
  }

  /** How much of `size` is read. */
  get bytesRead(): number {
    if (this.#isDone) return this.#size;
    return Math.min(this.#isGzip ? this.#packedRead : (this.#content?.readOffset ?? 0), this.#size);
  }

  /** @param path the name that the patterns match; undefined if they no longer match it. */
  seenUnder(path: string | undefined): void {
    if (path === undefined && !this.#isMissing) this.#lastNewsMs = Date.now();
    this.#isMissing = path === undefined;
    this.#path = path ?? this.#path;
  }

  /**
   * Finds out whether it is gzip.
   *
   * @param final the file will not grow: one that is too short for gzip's signature is plain.
   * @returns whether that is known now.
   */
  async recognize(final: boolean): Promise<boolean> {
    if (this.#isGzip !== undefined) return true;
    try {
      await this.#updateSize();
      const head = await readAt(this.#handle, 0, HEAD_BYTES);
      if (head.length < GZIP_MAGIC_BYTES && !final) return false;
      this.#isGzip = isGzip(head);
      if (!this.#isGzip) this.#firstHead = head;
      return true;
    } catch (error) {
      throw unreadable(this.#path, error);
    }
  }

  /** Reads on from `content`. */
  adopt(content: LogContent): void {
    this.#content = content;
  }

  /** Gives its content to the caller, who keeps what is known of it. */
  release(): LogContent | undefined {
    const content = this.#content;
    this.#content = undefined;
    return content;
  }

  /** Begins a content at 0: the log was truncated, and the old content released. @returns whether for the first time. */
  async restart(): Promise<boolean> {
    const isFirst = !this.#wasTruncated;
    this.#wasTruncated = true;
    await this.#longLine?.close();
    this.#longLine = undefined;
    this.#seenSize = -1;
    this.#content = new LogContent(await this.head());
    return isFirst;
  }

  beginLongLine(line: LongLine): void {
    this.#longLine = line;
  }

  endLongLine(): void {
    this.#longLine = undefined;
  }

  /** The first bytes of the content, at most HEAD_BYTES. */
  async head(): Promise<Buffer> {
    if (!this.#isGzip) return readAt(this.#handle, 0, HEAD_BYTES);
    return (await readRange(this.#unpack(), 0, HEAD_BYTES)) ?? Buffer.alloc(0);
  }

  /** The `bytes` bytes before `offset` of the content; undefined if it ends before `offset`. */
  async before(offset: number, bytes: number): Promise<Buffer | undefined> {
    const start = offset - bytes;
    const read = await (this.#isGzip ? readRange(this.#unpack(), start, bytes) : readAt(this.#handle, start, bytes));
    return read?.length === bytes ? read : undefined;
  }

  /** Unpacks a gzip log from its start. @throws ToolkitError LOG_CORRUPT, after all that could be unpacked. */
  readGzip(): AsyncGenerator<Buffer> {
    return this.#unpack((packedBytes) => {
      this.#packedRead = packedBytes;
    });
  }

  async *#unpack(progress?: (packedBytes: number) => void): AsyncGenerator<Buffer> {
    try {
      yield* gunzip(this.#handle, progress);
    } catch (error) {
      if (!(error instanceof GunzipError)) throw unreadable(this.#path, error);
      throw new ToolkitError(
        'LOG_CORRUPT',
        `${this.#path} is not valid gzip beyond byte ${error.packedOffset} of ${this.#size}: ${error.message}.`,
        'Everything before that is shipped. Repair the file (gzip -t tests it) or move it out of the pattern.',
        { cause: error },
      );
    }
  }

  /** Whether the file has changed within these milliseconds. */
  async changedWithin(ms: number): Promise<boolean> {
    const { ctimeMs, size } = await this.#handle.stat();
    this.#size = size;
    return Date.now() - ctimeMs < ms;
  }

  /** Reads on in a plain log. Every read begins with bytes already read: if they differ, the log was written again. */
  async readPlain(content: LogContent, final: boolean): Promise<Read> {
    try {
      const mtimeNs = await this.#updateSize();
      if (this.#size < content.readOffset) return { kind: 'truncated' };
      if (!final && this.#size === this.#seenSize && mtimeNs === this.#seenMtimeNs) return { kind: 'nothing' };
      const overlap = content.tail.length;
      const wanted = Math.min(this.#size - content.readOffset, BLOCK_BYTES) + overlap;
      const bytes = await readAt(this.#handle, content.readOffset - overlap, wanted);
      if (!bytes.subarray(0, overlap).equals(content.tail)) return { kind: 'truncated' };
      if (content.readOffset < HEAD_BYTES && !content.growHead(await readAt(this.#handle, 0, HEAD_BYTES)))
        return { kind: 'truncated' };
      const atEnd = content.readOffset + bytes.length - overlap >= this.#size;
      if (atEnd) {
        this.#seenSize = this.#size;
        this.#seenMtimeNs = mtimeNs;
      }
      if (bytes.length === overlap) return { kind: 'nothing' };
      return { kind: 'block', block: bytes.subarray(overlap), atEnd };
    } catch (error) {
      throw unreadable(this.#path, error);
    }
  }

  /** @returns the time of the last write. */
  async #updateSize(): Promise<bigint> {
    const { size, mtimeNs } = await this.#handle.stat({ bigint: true });
    if (this.#size !== Number(size)) this.#lastNewsMs = Date.now();
    this.#size = Number(size);
    return mtimeNs;
  }

  /** All of it is read and nothing more can come: the file is closed, its content stays known. */
  async finish(): Promise<void> {
    this.#isDone = true;
    await this.close();
  }

  async close(): Promise<void> {
    await this.#longLine?.close();
    await this.#handle.close();
  }
}

import { ToolkitError } from '../core/errors';
import { GZIP_MAGIC_BYTES, isGzip, otherPackingOf, unpackCommand } from '../core/packing';
import { HEAD_BYTES } from '../core/record-source';
import type { FoundLog } from './find-logs';
import { LogContent } from './log-content';
import { LogFile } from './log-file';
import type { LongLine } from './long-line';

/** More than the longest line that may be sent: what follows a block's last newline is simply read again. */
export const BLOCK_BYTES = 1024 * 1024;

export type Read =
  | { readonly kind: 'block'; readonly block: Buffer; readonly atEnd: boolean }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'truncated' };

/** A log that has been silent for this long is read again only when a look at its folder shows a change. */
const BUSY_MS = 10_000;
/** How often a file is looked at that has no name any more. */
const NAMELESS_MS = 1000;

/**
 * One file that is followed. While it is open, a rename, a deletion or a late writer change nothing.
 * Watched by its size, which every file system reports, unlike events.
 */
export class FollowedLog {
  readonly #file: LogFile;
  /** Whether it was there when the shipper started. */
  readonly isEarly: boolean;
  readonly #foundAtMs = performance.now();
  #wasRenamed = false;
  #isGzip: boolean | undefined;
  #firstHead: Buffer = Buffer.alloc(0);
  #content: LogContent | undefined;
  #longLine: LongLine | undefined;
  #isMissing = false;
  #isDone = false;
  #fault: ToolkitError | undefined;
  #wasTruncated = false;
  #lastNewsMs = performance.now();
  #readAtMs = 0;
  #size: number;
  /** How much of a gzip file is unpacked. */
  #packedRead = 0;
  /** As the last look at its folder had it. */
  #lookedAt: Version;
  /** As it was when all of it had been read. */
  #readUpTo: Version | undefined;

  constructor(found: FoundLog, isEarly: boolean) {
    this.#file = new LogFile(found.file, found.path);
    this.#lookedAt = toVersion(found);
    this.#size = this.#lookedAt.size;
    this.isEarly = isEarly;
  }

  /** Device and inode. */
  get file(): string {
    return this.#file.file;
  }

  /** The last name it was seen under. */
  get path(): string {
    return this.#file.path;
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

  get wasRenamed(): boolean {
    return this.#wasRenamed;
  }

  /** All of it is read and nothing more can come. */
  get isDone(): boolean {
    return this.#isDone;
  }

  get isOpen(): boolean {
    return this.#file.isOpen;
  }

  get ageMs(): number {
    return performance.now() - this.#foundAtMs;
  }

  /** Since it last grew or lost its name. */
  get silentMs(): number {
    return performance.now() - this.#lastNewsMs;
  }

  /** How much of `size` is read. */
  get bytesRead(): number {
    if (this.#isDone) return this.#size;
    return Math.min(this.#isGzip ? this.#packedRead : (this.#content?.readOffset ?? 0), this.#size);
  }

  /** Whether a look at the file itself may show something new: thousands of quiet logs cost nothing. */
  get mayHaveNews(): boolean {
    if (this.#fault !== undefined)
      return this.#fault.code === 'LOG_UNREADABLE' || !isSame(this.#lookedAt, this.#readUpTo ?? this.#lookedAt);
    if (this.#readUpTo === undefined || this.silentMs < BUSY_MS) return true;
    if (this.#isMissing) return performance.now() - this.#readAtMs >= NAMELESS_MS;
    return !isSame(this.#lookedAt, this.#readUpTo);
  }

  /** Why it cannot be read, or not to its end. */
  get fault(): ToolkitError | undefined {
    return this.#fault;
  }

  /** Until it changes, or may be read, nothing more is tried. */
  fail(fault: ToolkitError | undefined): void {
    this.#fault = fault;
  }

  /** @param found what the patterns match now; undefined if they no longer match it. */
  seen(found: FoundLog | undefined): void {
    if (found === undefined && !this.#isMissing) this.#lastNewsMs = performance.now();
    this.#isMissing = found === undefined;
    if (found === undefined) return;
    if (found.path !== this.#file.path) this.#wasRenamed = true;
    this.#file.path = found.path;
    const version = toVersion(found);
    if (!isSame(version, this.#lookedAt)) this.#lastNewsMs = performance.now();
    this.#lookedAt = version;
  }

  async open(): Promise<void> {
    await this.#file.open();
  }

  /**
   * Finds out whether it is gzip.
   *
   * @param final the file will not grow: one that is too short for gzip's signature is plain.
   * @returns whether that is known now.
   * @throws ToolkitError LOG_PACKED if it is packed otherwise.
   */
  async recognize(final: boolean): Promise<boolean> {
    if (this.#isGzip !== undefined) return true;
    await this.#look();
    const head = await this.#file.readAt(0, HEAD_BYTES);
    const mayBecomeGzip = head.length < GZIP_MAGIC_BYTES && (head.length === 0 || head[0] === GZIP_FIRST_BYTE);
    if (mayBecomeGzip && !final) return false;
    const packing = otherPackingOf(head);
    if (packing !== undefined) {
      const hint = `Unpack it (${unpackCommand(packing, this.path)}), or leave it out of the pattern.`;
      throw new ToolkitError('LOG_PACKED', `${this.path} is packed with ${packing}, which is not read.`, hint);
    }
    this.#isGzip = isGzip(head);
    if (!this.#isGzip) this.#firstHead = head;
    return true;
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
    this.#readUpTo = undefined;
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
  head(): Promise<Buffer> {
    return this.#file.head(this.#isGzip === true);
  }

  /** The `bytes` bytes before `offset` of the content; undefined if it ends before `offset`. */
  before(offset: number, bytes: number): Promise<Buffer | undefined> {
    return this.#file.before(this.#isGzip === true, offset, bytes);
  }

  /** Whether the file has changed since it was read to its end, or never was. */
  async hasNews(): Promise<boolean> {
    const version = await this.#look();
    return this.#readUpTo === undefined || !isSame(version, this.#readUpTo);
  }

  /** Unpacks a gzip log from its start. @throws ToolkitError LOG_CORRUPT, after all that could be unpacked. */
  async *readGzip(): AsyncGenerator<Buffer> {
    this.#readUpTo = await this.#look();
    yield* this.#file.unpack((packedBytes) => {
      this.#packedRead = packedBytes;
    });
  }

  /** Whether somebody may still be writing it: it has changed within these milliseconds. */
  async changedWithin(ms: number): Promise<boolean> {
    const { ctimeMs } = await this.#file.stat();
    // A file that was old when it was found need not be watched.
    return this.silentMs < ms && Date.now() - ctimeMs < LONG_AGO_MS;
  }

  /** Reads on in a plain log. Every read begins with bytes already read: if they differ, the log was written again. */
  async readPlain(content: LogContent, final: boolean): Promise<Read> {
    const version = await this.#look();
    if (this.#size < content.readOffset) return { kind: 'truncated' };
    if (!final && this.#readUpTo !== undefined && isSame(version, this.#readUpTo)) return { kind: 'nothing' };
    const overlap = content.tail.length;
    const wanted = Math.min(this.#size - content.readOffset, BLOCK_BYTES) + overlap;
    const bytes = await this.#file.readAt(content.readOffset - overlap, wanted);
    if (!bytes.subarray(0, overlap).equals(content.tail)) return { kind: 'truncated' };
    if (content.readOffset < HEAD_BYTES && !content.growHead(await this.#file.readAt(0, HEAD_BYTES)))
      return { kind: 'truncated' };
    const atEnd = content.readOffset + bytes.length - overlap >= this.#size;
    if (atEnd) this.#readUpTo = version;
    if (bytes.length === overlap) return { kind: 'nothing' };
    return { kind: 'block', block: bytes.subarray(overlap), atEnd };
  }

  async #look(): Promise<Version> {
    const { size, mtimeNs } = await this.#file.stat();
    if (this.#size !== size) this.#lastNewsMs = performance.now();
    this.#size = size;
    this.#readAtMs = performance.now();
    return { size, mtimeNs };
  }

  /** All of it is read and nothing more can come: the file is closed, its content stays known. */
  async finish(): Promise<void> {
    this.#isDone = true;
    await this.close();
  }

  /** It is opened again when a look shows a change. */
  async rest(): Promise<void> {
    await this.#file.close();
  }

  async close(): Promise<void> {
    await this.#longLine?.close();
    await this.#file.close();
  }
}

const LONG_AGO_MS = 60_000;
const GZIP_FIRST_BYTE = 0x1f;

/** A file's size and the time of its last write. */
interface Version {
  readonly size: number;
  readonly mtimeNs: bigint;
}

function toVersion({ stats: { size, mtimeNs } }: FoundLog): Version {
  return { size: Number(size), mtimeNs };
}

function isSame(a: Version, b: Version): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs;
}

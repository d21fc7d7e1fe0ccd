/**
 * What is known about the bytes behind a log's name. A file that is truncated and written again is a new content;
 * a file that is renamed, copied or gzipped is still the old one.
 */
import { randomUUID } from 'node:crypto';
import { addRange, type ByteRange } from '../core/byte-ranges';
import { type Fingerprint, fingerprintOf } from '../core/fingerprint';
import { TAIL_BYTES } from '../core/record-source';

/** One content, as the checkpoint has it. */
export interface ContentRecord {
  /** Names the content: random. */
  readonly key: string;
  /** The path it was last seen under; only for messages. */
  readonly path: string;
  /** Device and inode. */
  readonly file: string;
  /** It was being followed. */
  readonly live: boolean;
  readonly head: Fingerprint;
  /** What need not be read again. For gzip, offsets in the unpacked bytes. */
  readonly ranges: readonly ByteRange[];
  /** Those of them that need no delivery, as they became no records. */
  readonly aside?: readonly ByteRange[];
}

/** Where reading goes on: the end of what is known from the first byte on. */
export function offsetOf({ ranges: [first] }: Pick<ContentRecord, 'ranges'>): number {
  return first?.from === 0 ? first.to : 0;
}

/** Bytes that have been read and are on their way. */
export interface Pending {
  readonly from: number;
  readonly to: number;
  readonly tail: Buffer;
}

export class LogContent {
  readonly key: string;
  #readOffset: number;
  #head: Buffer;
  #headPrint: Fingerprint | undefined;
  #tail: Buffer;
  #unsettled = 0;
  #acknowledged: readonly ByteRange[];
  #aside: readonly ByteRange[] = [];

  /**
   * @param head the first bytes, at most HEAD_BYTES.
   * @param known what need not be read again.
   * @param tail the bytes just before the offset at which reading goes on.
   */
  constructor(
    head: Buffer,
    key: string = randomUUID(),
    known: readonly ByteRange[] = [],
    tail: Buffer = Buffer.alloc(0),
  ) {
    this.key = key;
    this.#head = head;
    this.#acknowledged = known;
    this.#readOffset = offsetOf({ ranges: known });
    this.#tail = tail;
  }

  /** A content whose bytes up to `offset` are not wanted. @param tail bytes just before it, the last TAIL_BYTES of them or more. */
  static skippedTo(head: Buffer, offset: number, tail: Buffer): LogContent {
    const last = Buffer.from(tail.subarray(Math.max(0, tail.length - TAIL_BYTES)));
    const known = offset === 0 ? [] : [toRange({ from: 0, to: offset, tail: last })];
    const content = new LogContent(head, randomUUID(), known, last);
    content.#aside = known;
    return content;
  }

  /** How far it has been read: always the start of a line, except within one that is too long. */
  get readOffset(): number {
    return this.#readOffset;
  }

  /** The first bytes seen so far, at most HEAD_BYTES. */
  get head(): Buffer {
    return this.#head;
  }

  get headPrint(): Fingerprint {
    this.#headPrint ??= fingerprintOf(this.#head);
    return this.#headPrint;
  }

  /** The bytes just before `readOffset`. */
  get tail(): Buffer {
    return this.#tail;
  }

  /** Takes more of the first bytes. @returns false if they do not begin with what has been read: it is another content. */
  growHead(head: Buffer): boolean {
    const read = Math.min(this.#head.length, this.#readOffset);
    if (!head.subarray(0, read).equals(this.#head.subarray(0, read))) return false;
    if (head.length !== this.#head.length || !head.equals(this.#head)) this.#headPrint = undefined;
    this.#head = head;
    return true;
  }

  /** How many of the next bytes an earlier run has sent. */
  get bytesToSkip(): number {
    const range = this.#acknowledged.find(({ from, to }) => from <= this.#readOffset && this.#readOffset < to);
    return range === undefined ? 0 : range.to - this.#readOffset;
  }

  /** How many of the next bytes an earlier run has not sent. */
  get bytesToRead(): number {
    const next = this.#acknowledged.find(({ from }) => from > this.#readOffset);
    return next === undefined ? Number.POSITIVE_INFINITY : next.from - this.#readOffset;
  }

  /** Counts these bytes, which follow `readOffset`, as read. */
  advance(bytes: Buffer): void {
    const joined = bytes.length >= TAIL_BYTES ? bytes : Buffer.concat([this.#tail, bytes]);
    this.#tail = Buffer.from(joined.subarray(Math.max(0, joined.length - TAIL_BYTES)));
    this.#readOffset += bytes.length;
  }

  /** Counts these bytes as read, and as on their way. */
  pend(bytes: Buffer): Pending {
    const from = this.#readOffset;
    this.advance(bytes);
    this.#unsettled += 1;
    return { from, to: this.#readOffset, tail: this.#tail };
  }

  /** The bytes are acknowledged; parts may settle in any order. */
  settle(pending: Pending): void {
    this.#unsettled -= 1;
    this.#acknowledged = addRange(this.#acknowledged, toRange(pending));
  }

  /** These bytes, the last before `readOffset`, become no records: they are kept elsewhere, or there is nothing in them. */
  putAside(from: number): void {
    const range = toRange({ from, to: this.#readOffset, tail: this.#tail });
    this.#acknowledged = addRange(this.#acknowledged, range);
    this.#aside = addRange(this.#aside, range);
  }

  /** The same bytes under another key: what is known of them needs no delivery under it. */
  fork(): LogContent {
    const fork = new LogContent(this.#head, randomUUID(), this.#acknowledged, this.#tail);
    fork.#aside = this.#acknowledged;
    return fork;
  }

  get settled(): boolean {
    return this.#unsettled === 0;
  }

  toRecord(path: string, file: string, live: boolean): ContentRecord {
    return { key: this.key, path, file, live, head: this.headPrint, ranges: this.#acknowledged, aside: this.#aside };
  }
}

function toRange({ from, to, tail }: Pending): ByteRange {
  return { from, to, tail: fingerprintOf(tail) };
}

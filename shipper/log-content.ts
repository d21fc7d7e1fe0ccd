import { createHash } from 'node:crypto';

/**
 * What is known about the bytes behind a log's name. A file that is truncated and written again is a new content;
 * a file that is renamed, copied or gzipped is still the old one.
 */

/** How many first bytes tell one content from others: a handful of access lines. */
export const HEAD_BYTES = 1024;
/** How many of the last bytes read must still be there at the next read. */
const TAIL_BYTES = 256;

export interface Fingerprint {
  readonly bytes: number;
  readonly sha256: string;
}

/** One content in the checkpoint file. */
export interface ContentRecord {
  /** The path it was last seen under; only for messages. */
  readonly path: string;
  /** Device and inode. */
  readonly file: string;
  /** Everything before it is acknowledged. For gzip, an offset in the unpacked bytes. */
  readonly offset: number;
  readonly head: Fingerprint;
  /** The bytes just before `offset`. */
  readonly tail: Fingerprint;
}

/** A part of the content that has been read but not acknowledged. */
export interface Pending {
  readonly end: number;
  readonly tail: Buffer;
  settled: boolean;
}

export class LogContent {
  #readOffset: number;
  #head: Buffer;
  #tail: Buffer;
  readonly #pending: Pending[] = [];
  #acknowledged: { readonly end: number; readonly tail: Buffer };

  constructor(head: Buffer, offset = 0, tail: Buffer = Buffer.alloc(0)) {
    this.#head = head;
    this.#readOffset = offset;
    this.#tail = tail;
    this.#acknowledged = { end: offset, tail };
  }

  /** How far it has been read: always the start of a line, except within one that is too long. */
  get readOffset(): number {
    return this.#readOffset;
  }

  /** The first bytes seen so far, at most HEAD_BYTES. */
  get head(): Buffer {
    return this.#head;
  }

  /** The bytes just before `readOffset`. */
  get tail(): Buffer {
    return this.#tail;
  }

  /** Takes more of the first bytes. @returns false if they do not begin with what has been read: it is another content. */
  growHead(head: Buffer): boolean {
    const read = Math.min(this.#head.length, this.#readOffset);
    if (!head.subarray(0, read).equals(this.#head.subarray(0, read))) return false;
    this.#head = head;
    return true;
  }

  /** Counts these bytes, which follow `readOffset`, as read. */
  advance(bytes: Buffer): void {
    const joined = bytes.length >= TAIL_BYTES ? bytes : Buffer.concat([this.#tail, bytes]);
    this.#tail = Buffer.from(joined.subarray(Math.max(0, joined.length - TAIL_BYTES)));
    this.#readOffset += bytes.length;
  }

  /** Notes that everything up to `readOffset` is on its way; parts may settle in any order. */
  pend(): Pending {
    const pending = { end: this.#readOffset, tail: this.#tail, settled: false };
    this.#pending.push(pending);
    return pending;
  }

  /** The part is acknowledged. The acknowledged offset passes it only when every part before it is acknowledged too. */
  settle(part: Pending): void {
    part.settled = true;
    for (let first = this.#pending[0]; first?.settled; first = this.#pending[0]) {
      this.#acknowledged = first;
      this.#pending.shift();
    }
  }

  get settled(): boolean {
    return this.#pending.length === 0;
  }

  toRecord(path: string, file: string): ContentRecord {
    const { end, tail } = this.#acknowledged;
    return { path, file, offset: end, head: fingerprintOf(this.#head), tail: fingerprintOf(tail) };
  }
}

export function fingerprintOf(bytes: Uint8Array): Fingerprint {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Whether a content that begins with `head` may be the recorded one. */
export function beginsAs(head: Buffer, recorded: Fingerprint): boolean {
  return head.length >= recorded.bytes && isOf(head.subarray(0, recorded.bytes), recorded);
}

export function isOf(bytes: Buffer, recorded: Fingerprint): boolean {
  return bytes.length === recorded.bytes && fingerprintOf(bytes).sha256 === recorded.sha256;
}

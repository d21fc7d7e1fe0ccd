/**
 * Caches pieces of lines by their bytes, with the JSON made of them, in a few blocks of memory: a look-up makes no garbage.
 * Bounded: when the young generation is full, the old one is dropped, so pieces in frequent use stay and no input can make the
 * cache grow. A hash collision, even one chosen by a hostile client, costs no more than making the piece again.
 */
import { areEqual, type ByteWords, copyWords, toWords } from './byte-words';

export interface MadePiece {
  readonly json: Uint8Array;
  /** Whatever else the maker wants to remember; not negative. */
  readonly facts: number;
}

/** The facts of a piece whose line needs the simple transform: it is unusual, or not part of an access line at all. */
export const FALLBACK = -1;

export const HASH_START = 0x811c9dc5 | 0;

/** FNV-1a, one byte further. */
export function hashOn(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

export class PieceCache {
  readonly #make: (piece: Buffer) => MadePiece | null;
  #young: Generation;
  #old: Generation;

  /**
   * @param capacity pieces per generation, a power of two.
   * @param meanBytes mean size of a piece with its JSON.
   * @param make returns null for a piece whose line needs the simple transform. It must not keep its argument.
   */
  constructor(capacity: number, meanBytes: number, make: (piece: Buffer) => MadePiece | null) {
    this.#make = make;
    this.#young = new Generation(capacity, meanBytes);
    this.#old = new Generation(capacity, meanBytes);
  }

  /**
   * @param hash of the piece `input[start, end)`, computed with `hashOn`.
   * @returns a handle for the other methods, valid until the next `find`; `FALLBACK` for a piece that is too long to cache.
   */
  find(input: ByteWords, start: number, end: number, hash: number): number {
    const known = this.#young.find(input, start, end - start, hash);
    if (known !== NONE) return known;
    return end - start > LONGEST_PIECE ? FALLBACK : this.#remember(input, start, end, hash);
  }

  facts(handle: number): number {
    return handle === FALLBACK ? FALLBACK : this.#young.facts(handle);
  }

  jsonLength(handle: number): number {
    return this.#young.jsonLength(handle);
  }

  /**
   * Copies the JSON's bytes `[from, to)`, and up to three more.
   *
   * @param to default the JSON's end. @returns the offset in the output after the copied bytes.
   */
  copyJson(handle: number, output: ByteWords, at: number, from = 0, to = this.#young.jsonLength(handle)): number {
    this.#young.copyJson(handle, from, to, output, at);
    return at + to - from;
  }

  /** Whether these bytes are the JSON's `[from, end)`. */
  jsonEndsWith(handle: number, from: number, bytes: ByteWords, length: number): boolean {
    return this.#young.jsonEndsWith(handle, from, bytes, length);
  }

  #remember(input: ByteWords, start: number, end: number, hash: number): number {
    if (this.#young.isFull()) {
      [this.#old, this.#young] = [this.#young, this.#old];
      this.#young.clear();
    }
    const piece = input.bytes.subarray(start, end);
    const old = this.#old.find(input, start, end - start, hash);
    const made = old === NONE ? this.#make(piece) : this.#old.madePiece(old);
    return this.#young.add(piece, made, hash);
  }
}

/** A slot is four numbers: the hash, the start of its bytes (0 if it is free), their lengths, the facts. Its bytes are the JSON and the piece. */
const SLOT = 4;
const [HASH, START, LENGTHS, FACTS] = [0, 1, 2, 3] as const;
/** A bucket is one cache line of the processor, searched from its beginning; when it is full, its last slot is replaced. */
const BUCKET = 4 * SLOT;
const NONE = -1;
const LONGEST_PIECE = 512;
/** With escapes and repeated values, a piece's JSON is several times the size of the piece. */
const LONGEST_JSON = 0x7fff;
const JSON_BITS = 15;
const NO_BYTES = new Uint8Array(0);

class Generation {
  readonly #slots: Int32Array;
  readonly #memory: ByteWords;
  #used = SLOT;

  constructor(capacity: number, meanBytes: number) {
    // Enough slots that few buckets fill up before the memory does.
    this.#slots = new Int32Array(2 * capacity * SLOT);
    this.#memory = toWords(Buffer.alloc(capacity * meanBytes + LONGEST_JSON + LONGEST_PIECE + SLOT));
  }

  find(input: ByteWords, start: number, length: number, hash: number): number {
    const slots = this.#slots;
    const bucket = this.#bucket(hash);
    for (let slot = bucket; slot < bucket + BUCKET; slot += SLOT) {
      if (slots[slot + HASH] !== hash || slots[slot + START] === 0) continue;
      const lengths = slots[slot + LENGTHS] as number;
      const pieceAt = (slots[slot + START] as number) + (lengths & LONGEST_JSON);
      if (lengths >> JSON_BITS === length && areEqual(this.#memory, pieceAt, input, start, length)) return slot;
    }
    return NONE;
  }

  facts(slot: number): number {
    return this.#slots[slot + FACTS] as number;
  }

  jsonLength(slot: number): number {
    return (this.#slots[slot + LENGTHS] as number) & LONGEST_JSON;
  }

  copyJson(slot: number, from: number, to: number, output: ByteWords, at: number): void {
    copyWords(this.#memory, (this.#slots[slot + START] as number) + from, output, at, to - from);
  }

  jsonEndsWith(slot: number, from: number, bytes: ByteWords, length: number): boolean {
    const start = (this.#slots[slot + START] as number) + from;
    return this.jsonLength(slot) - from === length && areEqual(this.#memory, start, bytes, 0, length);
  }

  madePiece(slot: number): MadePiece | null {
    const start = this.#slots[slot + START] as number;
    const facts = this.facts(slot);
    return facts === FALLBACK
      ? null
      : { json: this.#memory.bytes.subarray(start, start + this.jsonLength(slot)), facts };
  }

  isFull(): boolean {
    return this.#memory.bytes.length - this.#used < LONGEST_JSON + LONGEST_PIECE + SLOT;
  }

  /** Call it only while `isFull()` is false. @returns the slot. */
  add(piece: Uint8Array, made: MadePiece | null, hash: number): number {
    const fits = made !== null && made.json.length <= LONGEST_JSON;
    const { json, facts } = fits ? made : { json: NO_BYTES, facts: FALLBACK };
    const bucket = this.#bucket(hash);
    let slot = bucket;
    while (this.#slots[slot + START] !== 0 && slot < bucket + BUCKET - SLOT) slot += SLOT;
    this.#slots.set([hash, this.#used, json.length | (piece.length << JSON_BITS), facts], slot);
    this.#memory.bytes.set(json, this.#used);
    this.#memory.bytes.set(piece, this.#used + json.length);
    this.#used += json.length + piece.length;
    return slot;
  }

  clear(): void {
    this.#slots.fill(0);
    this.#used = SLOT;
  }

  #bucket(hash: number): number {
    return ((hash ^ (hash >>> 15)) & (this.#slots.length / BUCKET - 1)) * BUCKET;
  }
}

/** Bytes that are compared and copied four at a time, at any offset. */
export interface ByteWords {
  readonly bytes: Buffer;
  readonly words: DataView;
}

export function toWords(bytes: Buffer): ByteWords {
  return { bytes, words: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

const WORD = 4;

/** May copy up to three bytes more than `length`: both buffers must extend that far. */
export function copyWords(from: ByteWords, start: number, to: ByteWords, at: number, length: number): void {
  for (let done = 0; done < length; done += WORD)
    to.words.setInt32(at + done, from.words.getInt32(start + done, true), true);
}

export function areEqual(one: ByteWords, start: number, other: ByteWords, otherStart: number, length: number): boolean {
  let done = 0;
  for (; done + WORD <= length; done += WORD) {
    if (one.words.getInt32(start + done, true) !== other.words.getInt32(otherStart + done, true)) return false;
  }
  for (; done < length; done++) if (one.bytes[start + done] !== other.bytes[otherStart + done]) return false;
  return true;
}

/** @returns the offset after the copied bytes. */
export function copyBytes(bytes: Uint8Array, to: ByteWords, at: number): number {
  to.bytes.set(bytes, at);
  return at + bytes.length;
}

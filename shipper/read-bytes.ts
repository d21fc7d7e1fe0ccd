import type { FileHandle } from 'node:fs/promises';

/** Reads bytes of a file, fewer if it ends before. */
export async function readAt(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** As `readAt`, of bytes that come in pieces; undefined if they end before `start`. */
export async function readRange(
  pieces: AsyncIterable<Buffer>,
  start: number,
  length: number,
): Promise<Buffer | undefined> {
  const kept: Buffer[] = [];
  let position = 0;
  for await (const piece of pieces) {
    if (position + piece.length > start) kept.push(piece.subarray(Math.max(0, start - position)));
    position += piece.length;
    if (position >= start + length) break;
  }
  return position < start ? undefined : Buffer.concat(kept).subarray(0, length);
}

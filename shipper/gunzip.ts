import type { FileHandle } from 'node:fs/promises';
import { createGunzip, type Gunzip } from 'node:zlib';

/** Packed bytes given to zlib at a time; they can unpack to a thousand times as many. */
const PACKED_BYTES = 16 * 1024;

/** zlib's error about a gzip file, and how far into the file it had come. */
export class GunzipError extends Error {
  readonly packedOffset: number;
  /** The file ends too early: somebody may still be writing it. */
  readonly unfinished: boolean;

  constructor(packedOffset: number, cause: NodeJS.ErrnoException) {
    super(cause.message, { cause });
    this.packedOffset = packedOffset;
    this.unfinished = cause.code === 'Z_BUF_ERROR';
  }
}

/**
 * Unpacks a file of one or more gzip members, a piece at a time. Everything before a fault is yielded before the
 * fault is thrown, which a piped stream does not guarantee.
 *
 * @param progress is called with the number of packed bytes that are done.
 */
export async function* gunzip(handle: FileHandle, progress?: (packedBytes: number) => void): AsyncGenerator<Buffer> {
  let unpacked = 0;
  try {
    for await (const piece of unpack(handle, Number.POSITIVE_INFINITY, progress)) {
      unpacked += piece.length;
      yield piece;
    }
  } catch (error) {
    if (!(error instanceof GunzipError) || error.unfinished) throw error;
    // On an error zlib withholds what it made of its last input. Given the bytes one by one, it withholds nothing.
    let position = 0;
    for await (const piece of unpack(handle, error.packedOffset)) {
      if (position + piece.length > unpacked) yield piece.subarray(Math.max(0, unpacked - position));
      position += piece.length;
    }
  }
}

/** @param carefulFrom from here on, the packed bytes are unpacked one by one. */
async function* unpack(
  handle: FileHandle,
  carefulFrom: number,
  progress?: (packedBytes: number) => void,
): AsyncGenerator<Buffer> {
  const unzip = createGunzip({ chunkSize: 64 * 1024 });
  let pieces: Buffer[] = [];
  let fault: NodeJS.ErrnoException | undefined;
  unzip.on('data', (piece: Buffer) => pieces.push(piece));
  unzip.on('error', (error) => {
    fault = error;
  });
  try {
    const packed = Buffer.allocUnsafe(PACKED_BYTES);
    for (let offset = 0; ; ) {
      const { bytesRead } = await handle.read(packed, 0, offset >= carefulFrom ? 1 : PACKED_BYTES, offset);
      if (bytesRead === 0 && offset === 0) return; // An empty file: nothing has been written yet.
      await (bytesRead > 0 ? feed(unzip, Buffer.from(packed.subarray(0, bytesRead))) : finish(unzip));
      yield* pieces;
      pieces = [];
      if (fault !== undefined) throw new GunzipError(offset, fault);
      if (bytesRead === 0) return;
      offset += bytesRead;
      progress?.(offset);
    }
  } finally {
    unzip.destroy();
  }
}

/** After a fault the write's callback never runs: hence `close`. */
function feed(unzip: Gunzip, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      unzip.off('close', done);
      resolve();
    };
    unzip.on('close', done);
    unzip.write(bytes, done);
  });
}

function finish(unzip: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    unzip.once('close', resolve).end();
  });
}

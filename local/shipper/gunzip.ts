import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { createGunzip, type Gunzip } from 'node:zlib';

/** Packed bytes given to zlib at a time; they can unpack to a thousand times as many. */
const PACKED_BYTES = 16 * 1024;

/** What zlib has against a `.gz`, and how far into the file it had come. */
export class GunzipError extends Error {
  readonly packedOffset: number;
  /** The file ends too early: it may still be being written. */
  readonly unfinished: boolean;

  constructor(packedOffset: number, cause: NodeJS.ErrnoException) {
    super(cause.message, { cause });
    this.packedOffset = packedOffset;
    this.unfinished = cause.code === 'Z_BUF_ERROR';
  }
}

/**
 * Unpacks a file of one or more gzip members, a piece at a time. All that comes before a fault is yielded before the
 * fault is thrown, which a piped stream does not promise.
 *
 * @param progress is told how much of the packed file is done.
 */
export async function* gunzip(handle: FileHandle, progress?: (packedBytes: number) => void): AsyncGenerator<Buffer> {
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
      const { bytesRead } = await handle.read(packed, 0, PACKED_BYTES, offset);
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

function feed(unzip: Gunzip, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    unzip.write(bytes, () => resolve());
  });
}

async function finish(unzip: Gunzip): Promise<void> {
  unzip.end();
  await once(unzip, 'close');
}

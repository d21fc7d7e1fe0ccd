/**
 * Unpacks gzip (RFC 1952) so that nothing before a fault is lost. Node's own gunzip withholds up to a block of good bytes on an error,
 * and cannot tell bytes behind a complete member from damage: so the members are taken apart here, and zlib inflates their content.
 */
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { Inflation } from './inflation';
import { isGzip } from './packing';

/** What is wrong with a gzip file, and how far into the file it is good. */
export class GunzipError extends Error {
  /** Where in the packed bytes the fault is: within the 64 KiB from here on, or exactly here for `afterEnd`. */
  readonly packedOffset: number;
  /** The file ends too early: somebody may still be writing it. */
  readonly unfinished: boolean;
  /** All of the gzip data is good and unpacked; what follows it is not gzip. NULs there are padding, and no fault. */
  readonly afterEnd: boolean;

  constructor(packedOffset: number, message: string, kind?: 'unfinished' | 'after-end', options?: ErrorOptions) {
    super(message, options);
    this.packedOffset = packedOffset;
    this.unfinished = kind === 'unfinished';
    this.afterEnd = kind === 'after-end';
  }
}

const READ_BYTES = 256 * 1024;
/** Packed bytes given to zlib at a time. */
const PACKED_BYTES = 64 * 1024;

/**
 * Unpacks a file of one or more gzip members, a piece at a time. Everything before a fault is yielded before the fault is thrown.
 *
 * @param progress is called with the number of packed bytes that are done.
 * @throws GunzipError
 */
export async function* gunzip(handle: FileHandle, progress?: (packedBytes: number) => void): AsyncGenerator<Buffer> {
  let unpacked = 0;
  try {
    for await (const piece of unpack(cut(piecesOf(handle)), progress)) {
      unpacked += piece.length;
      yield piece;
    }
  } catch (error) {
    if (!(error instanceof GunzipError) || error.cause === undefined) throw error;
    // On an error zlib withholds what it made of its last input. Given the bytes one by one, it withholds nothing.
    let position = 0;
    for await (const piece of unpack(piecesOf(handle, error.packedOffset))) {
      if (position + piece.length > unpacked) yield piece.subarray(Math.max(0, unpacked - position));
      position += piece.length;
    }
  }
}

/**
 * As `gunzip`, for bytes that come only once, as from a pipe: where the packed data itself is damaged, what up to 64 KiB of it had
 * unpacked to is lost too. Any other fault loses nothing.
 *
 * @throws GunzipError, and what `packed` throws.
 */
export function gunzipStream(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  return unpack(cut(packed));
}

/** @param carefulFrom from here on, the bytes come one by one. */
async function* piecesOf(handle: FileHandle, carefulFrom = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer> {
  for (let offset = 0; ; ) {
    const piece = Buffer.allocUnsafe(offset >= carefulFrom ? 1 : Math.min(READ_BYTES, carefulFrom - offset));
    const { bytesRead } = await handle.read(piece, 0, piece.length, offset);
    if (bytesRead === 0) return;
    yield piece.subarray(0, bytesRead);
    offset += bytesRead;
  }
}

async function* cut(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of packed) {
    for (let at = 0; at < chunk.length; at += PACKED_BYTES) yield chunk.subarray(at, at + PACKED_BYTES);
  }
}

async function* unpack(
  pieces: AsyncGenerator<Buffer>,
  progress?: (packedBytes: number) => void,
): AsyncGenerator<Buffer> {
  const input = new PackedInput(pieces, progress);
  try {
    // An empty file: nothing has been written yet.
    for (let members = 0; await input.more(); members++) {
      if (members > 0 && !(await isNextMember(input))) return;
      await passHeader(input);
      yield* unpackMember(input);
    }
  } finally {
    await pieces.return(undefined);
  }
}

/** Passes the padding. @returns false at the end of the input. @throws GunzipError if something else than a member follows. */
async function isNextMember(input: PackedInput): Promise<boolean> {
  while ((await input.more()) && (await input.peek(1))[0] === 0) input.take(1);
  const { offset } = input;
  const start = await input.peek(2);
  if (start.length === 0) return false;
  if (start.length === 1 && start[0] === 0x1f) throw unfinished(input);
  if (!isGzip(start)) throw new GunzipError(offset, 'what follows is not gzip', 'after-end');
  return true;
}

const [HEADER_CRC, EXTRA, NAME, COMMENT, RESERVED] = [0x02, 0x04, 0x08, 0x10, 0xe0];
const DEFLATE = 8;

async function passHeader(input: PackedInput): Promise<void> {
  const { offset } = input;
  const header = await input.read(10);
  const flags = header[3] as number;
  if (!isGzip(header)) throw new GunzipError(offset, 'incorrect header check');
  if (header[2] !== DEFLATE) throw new GunzipError(offset, 'unknown compression method');
  if ((flags & RESERVED) !== 0) throw new GunzipError(offset, 'unknown header flags set');
  if ((flags & EXTRA) !== 0) await input.read((await input.read(2)).readUInt16LE());
  for (const text of [NAME, COMMENT]) {
    if ((flags & text) !== 0) while ((await input.read(1))[0] !== 0);
  }
  if ((flags & HEADER_CRC) !== 0) await input.read(2);
}

/** Yields the content of a member, and passes and checks its trailer. */
async function* unpackMember(input: PackedInput): AsyncGenerator<Buffer> {
  const inflation = new Inflation();
  let checksum = 0;
  let bytes = 0;
  try {
    while (!inflation.isEnded) {
      if (!(await input.more())) throw unfinished(input);
      const { offset } = input;
      const before = inflation.taken;
      for await (const piece of inflation.feed(input.rest)) {
        checksum = crc32(piece, checksum);
        bytes += piece.length;
        yield piece;
      }
      input.take(inflation.taken - before);
      const { fault } = inflation;
      if (fault !== undefined) throw new GunzipError(offset, fault.message, undefined, { cause: fault });
    }
  } finally {
    inflation.close();
  }
  const { offset } = input;
  const trailer = await input.read(8);
  if (trailer.readUInt32LE(0) !== checksum) throw new GunzipError(offset, 'incorrect data check');
  if (trailer.readUInt32LE(4) !== bytes % 2 ** 32) throw new GunzipError(offset, 'incorrect length check');
}

function unfinished({ offset }: PackedInput): GunzipError {
  return new GunzipError(offset, 'unexpected end of file', 'unfinished');
}

/** The packed bytes, with their offset. */
class PackedInput {
  /** What has come and is not taken yet. */
  rest: Buffer = Buffer.alloc(0);
  /** Where `rest` begins. */
  offset = 0;
  readonly #pieces: AsyncGenerator<Buffer>;
  readonly #progress: (packedBytes: number) => void;

  constructor(pieces: AsyncGenerator<Buffer>, progress: (packedBytes: number) => void = () => {}) {
    this.#pieces = pieces;
    this.#progress = progress;
  }

  /** Makes sure that `rest` holds something. @returns false at the end of the input. */
  async more(): Promise<boolean> {
    return (await this.peek(1)).length > 0;
  }

  /** @returns the next bytes, fewer at the end of the input. */
  async peek(bytes: number): Promise<Buffer> {
    while (this.rest.length < bytes) {
      if (this.offset > 0) this.#progress(this.offset + this.rest.length);
      const { value, done } = await this.#pieces.next();
      if (done === true) break;
      this.rest = this.rest.length === 0 ? value : Buffer.concat([this.rest, value]);
    }
    return this.rest.subarray(0, bytes);
  }

  take(bytes: number): void {
    this.rest = this.rest.subarray(bytes);
    this.offset += bytes;
  }

  /** Takes exactly these bytes. @throws GunzipError if the input ends before. */
  async read(bytes: number): Promise<Buffer> {
    const read = await this.peek(bytes);
    if (read.length < bytes) throw unfinished(this);
    this.take(bytes);
    return read;
  }
}

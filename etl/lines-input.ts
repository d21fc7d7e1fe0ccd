/** The inputs of `clickstreamy etl`: files and standard input, plain or gzipped. */
import { createReadStream, fstatSync, type Stats, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { ToolkitError } from '../core/errors';
import { GunzipError, gunzip, gunzipStream } from '../core/gunzip';
import { isGzip, otherPackingOf, PACKING_MAGIC_BYTES, unpackCommand } from '../core/packing';

export interface LineInput {
  /** As given by the user; `-` is standard input. */
  readonly name: string;
  /** The bytes, unpacked if they are gzip, whatever the name says. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes read so far, before unpacking. */
  readBytes(): number;
  close(): void;
}

const CHUNK_BYTES = 256 * 1024;
export const STDIN = '-';
/** What is waited for of a stream before its packing is judged: less than any access line, more than most packings need. */
const FEW_BYTES = 10;

/**
 * The file is opened with the request for its first chunk, which throws if that fails: a GunzipError for damaged gzip, after all that
 * was good; ToolkitError INPUT_PACKED for a file that is packed otherwise.
 */
export function openInput(name: string): LineInput {
  let source: { destroy(): unknown } | undefined;
  let read = 0;

  async function* counted(stream: Readable): AsyncGenerator<Buffer> {
    source = stream;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      read += chunk.length;
      yield chunk;
    }
  }

  async function* ofFile(handle: FileHandle): AsyncGenerator<Buffer> {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(PACKING_MAGIC_BYTES), 0, PACKING_MAGIC_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    refusePacked(head, name);
    if (!isGzip(head)) return yield* counted(handle.createReadStream({ start: 0, highWaterMark: CHUNK_BYTES }));
    const progress = (packedBytes: number) => {
      read = packedBytes;
    };
    yield* logOf(gunzip(handle, progress), name);
  }

  async function* ofStream(stream: Readable): AsyncGenerator<Buffer> {
    const chunks = counted(stream);
    const head = await firstBytes(chunks);
    refusePacked(head, name);
    const whole = startingWith(head, chunks);
    yield* isGzip(head) ? logOf(gunzipStream(whole), name) : whole;
  }

  async function* chunks(): AsyncGenerator<Buffer> {
    if (name === STDIN) return yield* ofStream(standardInput());
    const handle = await open(name);
    source = { destroy: () => handle.close().catch(() => {}) };
    try {
      const stat = await handle.stat();
      // A pipe or a terminal comes only once. A folder is refused when it is read.
      const isRereadable = stat.isFile() || stat.isDirectory();
      yield* isRereadable ? ofFile(handle) : ofStream(handle.createReadStream({ highWaterMark: CHUNK_BYTES }));
    } finally {
      await handle.close();
    }
  }
  return { name, chunks: chunks(), readBytes: () => read, close: () => source?.destroy() };
}

/** @returns undefined if the file cannot be looked at, for whatever reason. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Unpacks what begins as gzip, and passes anything else on. */
export async function* unpacked(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const head = await firstBytes(chunks);
  const whole = startingWith(head, chunks);
  yield* isGzip(head) ? gunzipStream(whole) : whole;
}

/** Reads a redirected file in larger pieces than Node's stream for standard input would. */
function standardInput(): Readable {
  return fstatSync(0).isFile() ? createReadStream('', { fd: 0, highWaterMark: CHUNK_BYTES }) : process.stdin;
}

/** The log in gzip data. */
async function* logOf(unpacked: AsyncGenerator<Buffer>, name: string): AsyncGenerator<Buffer> {
  let last: Buffer | undefined;
  try {
    for await (const piece of ahead(unpacked)) {
      if (last === undefined) refusePacked(piece, name);
      last = piece;
      yield piece;
    }
  } catch (error) {
    // The data had come to its end: a last line without a newline is whole.
    const isWhole = error instanceof GunzipError && !error.unfinished && error.cause === undefined;
    if (isWhole && last?.at(-1) !== NEWLINE) yield Buffer.of(NEWLINE);
    throw error;
  }
}

const NEWLINE = 0x0a;
/** At most 1 MiB: a piece is at most 256 KiB. */
const PIECES_AHEAD = 4;

/** Asks for pieces before they are needed: unpacking goes on while the lines are cut and transformed. */
async function* ahead(pieces: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const coming: Promise<IteratorResult<Buffer>>[] = [];
  for (;;) {
    while (coming.length < PIECES_AHEAD) {
      const next = pieces.next();
      // It is awaited when its turn comes, unless one before it fails.
      next.catch(() => {});
      coming.push(next);
    }
    const { value, done } = await (coming.shift() as Promise<IteratorResult<Buffer>>);
    if (done === true) return;
    yield value;
  }
}

/** @throws ToolkitError INPUT_PACKED */
function refusePacked(head: Buffer, name: string): void {
  const packing = otherPackingOf(head);
  if (packing === undefined) return;
  const command = unpackCommand(packing, name === STDIN ? 'FILE' : name);
  throw new ToolkitError(
    'INPUT_PACKED',
    `${name} is packed with ${packing}, not gzip: it is not read.`,
    `Unpack it on the way: ${command} | clickstreamy etl.`,
  );
}

/** The chunks up to `FEW_BYTES`, or to the end. */
async function firstBytes(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < FEW_BYTES) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  return head;
}

async function* startingWith(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

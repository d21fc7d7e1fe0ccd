/** The inputs of `clickstreamy etl`: files and standard input, plain or gzipped. */
import { createReadStream, fstatSync, type Stats, statSync } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GZIP_MAGIC_BYTES, isGzip } from '../core/gzip';

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

/** The file is opened with the request for its first chunk, which throws if that fails. */
export function openInput(name: string): LineInput {
  let source: Readable | undefined;
  let read = 0;

  async function* raw(): AsyncGenerator<Buffer> {
    source = name === STDIN ? standardInput() : createReadStream(name, { highWaterMark: CHUNK_BYTES });
    for await (const chunk of source as AsyncIterable<Buffer>) {
      read += chunk.length;
      yield chunk;
    }
  }
  return { name, chunks: unpacked(raw()), readBytes: () => read, close: () => source?.destroy() };
}

/** @returns undefined if the file cannot be looked at, for whatever reason. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Reads a redirected file in larger pieces than Node's stream for standard input would. */
function standardInput(): Readable {
  return fstatSync(0).isFile() ? createReadStream('', { fd: 0, highWaterMark: CHUNK_BYTES }) : process.stdin;
}

/** Unpacks what begins as gzip, and passes anything else on. */
export async function* unpacked(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < GZIP_MAGIC_BYTES) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  const whole = startingWith(head, chunks);
  if (!isGzip(head)) return yield* whole;

  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // An error of either stream surfaces in the last one, which is read here.
  yield* pipeline(Readable.from(whole), gunzip, () => {}) as AsyncIterable<Buffer>;
}

async function* startingWith(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

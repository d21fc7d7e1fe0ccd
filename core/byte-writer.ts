/** Bytes to a file or to standard output, whole or not at all as far as the caller is told. */
import { fstatSync, write as writeCallback } from 'node:fs';
import { promisify } from 'node:util';

/** Resolves once the bytes are taken and may be overwritten: the caller goes at the pace of the reader. */
export type ByteWriter = (bytes: Buffer) => Promise<void>;

const write = promisify(writeCallback);

/**
 * Standard output. A file is written to directly: Node's own stream blocks the thread there, and forgets the rest
 * where a disk takes but a part.
 */
export function toStandardOutput(): ByteWriter {
  const stat = fstatSync(1);
  const isDirect = stat.isFile() || (stat.isCharacterDevice() && !process.stdout.isTTY);
  return isDirect ? (bytes) => writeFully(1, bytes) : writeToStream;
}

/** @param onWritten hears how much of it is written, from time to time: also where the rest fails. */
export async function writeFully(fd: number, bytes: Buffer, onWritten?: (bytes: number) => void): Promise<void> {
  for (let at = 0; at < bytes.length; onWritten?.(at)) at += (await write(fd, bytes, at)).bytesWritten;
}

function writeToStream(bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

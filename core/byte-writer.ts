/** Writes bytes to a file or to standard output and resolves only once all of them are written. */
import { fstatSync, write as writeCallback } from 'node:fs';
import { promisify } from 'node:util';

/** Resolves once the bytes are written and their buffer may be reused: that is the caller's backpressure. */
export type ByteWriter = (bytes: Buffer) => Promise<void>;

const write = promisify(writeCallback);

/**
 * Writes to standard output. If that is a file, it is written to directly: Node's stream would block the thread, and lose the rest when a
 * disk takes only a part.
 */
export function toStandardOutput(): ByteWriter {
  const stat = fstatSync(1);
  const isDirect = stat.isFile() || (stat.isCharacterDevice() && !process.stdout.isTTY);
  return isDirect ? (bytes) => writeFully(1, bytes) : writeToStream;
}

/** @param onWritten is called from time to time with the bytes written so far, also if the rest fails. */
export async function writeFully(fd: number, bytes: Buffer, onWritten?: (bytes: number) => void): Promise<void> {
  for (let at = 0; at < bytes.length; onWritten?.(at)) at += (await write(fd, bytes, at)).bytesWritten;
}

function writeToStream(bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Where `clickstreamy etl` writes: standard output, and the file of rejected lines. */
import { fstatSync, write as writeCallback } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errnoOf, reasonOf, ToolkitError, UsageError } from '../core/errors';
import { statOf } from './lines-input';

/** Resolves once the bytes are taken and may be overwritten: the caller goes at the pace of the reader. */
export type ByteWriter = (bytes: Buffer) => Promise<void>;

const write = promisify(writeCallback);

/**
 * Standard output. A file is written to directly: Node's own stream blocks the thread there, and forgets the rest
 * where a disk takes but a part.
 *
 * @throws an error with the code EPIPE where the reader has gone; a ToolkitError for anything else.
 */
export function standardOutput(): ByteWriter {
  const stat = fstatSync(1);
  const isDirect = stat.isFile() || (stat.isCharacterDevice() && !process.stdout.isTTY);
  const writeAll = isDirect ? (bytes: Buffer) => writeFully(1, bytes) : writeToStream;
  return (bytes) =>
    writeAll(bytes).catch((error) => {
      if (errnoOf(error) === 'EPIPE') throw error;
      throw new ToolkitError(
        'OUTPUT_UNWRITABLE',
        `Events cannot be written to standard output: ${reasonOf(error)}.`,
        'Mend that and run it again: what was written before is whole but for its last line.',
        { cause: error },
      );
    });
}

function writeToStream(bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

async function writeFully(fd: number, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await write(fd, bytes, at)).bytesWritten;
}

export interface RejectsFile {
  readonly write: ByteWriter;
  close(): Promise<void>;
}

/**
 * Empties the file, or makes it.
 *
 * @param inputs that it must not be one of. @throws ToolkitError where it is, or cannot be made or written.
 */
export async function openRejects(path: string, inputs: readonly string[]): Promise<RejectsFile> {
  if (inputs.some((input) => isSameFile(input, path))) {
    throw new UsageError(`${path} is both read and to be emptied for rejected lines.`, 'Give --rejects another file.');
  }
  const fail = (error: unknown): never => {
    throw new ToolkitError(
      'REJECTS_UNWRITABLE',
      `The file for rejected lines, ${path}, cannot be written: ${reasonOf(error)}.`,
      'Give a file in a folder that can be written, with room on its disk.',
      { cause: error },
    );
  };
  const file: FileHandle = await open(path, 'w').catch(fail);
  return {
    write: (bytes) => writeFully(file.fd, bytes).catch(fail),
    close: () => file.close().catch(fail),
  };
}

function isSameFile(one: string, other: string): boolean {
  const [a, b] = [statOf(one), statOf(other)];
  return a !== undefined && b !== undefined && a.isFile() && a.dev === b.dev && a.ino === b.ino;
}

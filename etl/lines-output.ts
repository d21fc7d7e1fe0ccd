/** Where `clickstreamy etl` writes: standard output, and the file of rejected lines. */
import { type FileHandle, open } from 'node:fs/promises';
import { type ByteWriter, toStandardOutput, writeFully } from '../core/byte-writer';
import { errnoOf, reasonOf, ToolkitError, UsageError } from '../core/errors';
import { statOf } from './lines-input';

/** @throws an error with the code EPIPE where the reader has gone; a ToolkitError for anything else. */
export function standardOutput(): ByteWriter {
  const write = toStandardOutput();
  return (bytes) =>
    write(bytes).catch((error) => {
      if (errnoOf(error) === 'EPIPE') throw error;
      throw new ToolkitError(
        'OUTPUT_UNWRITABLE',
        `Events cannot be written to standard output: ${reasonOf(error)}.`,
        'Mend that and run it again: what was written before is whole but for its last line.',
        { cause: error },
      );
    });
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

/** The outputs of `clickstreamy etl`: standard output and the file of rejected lines. */
import { type FileHandle, open } from 'node:fs/promises';
import { type ByteWriter, toStandardOutput, writeFully } from '../core/byte-writer';
import { errnoOf, reasonOf, reasonOfWrite, ToolkitError, UsageError } from '../core/errors';
import { statOf } from './lines-input';

/** @throws an error with the code EPIPE if the reader has closed the pipe; a ToolkitError for anything else. */
export function standardOutput(): ByteWriter {
  const write = toStandardOutput();
  return (bytes) =>
    write(bytes).catch((error) => {
      if (errnoOf(error) === 'EPIPE') throw error;
      throw new ToolkitError(
        'OUTPUT_UNWRITABLE',
        `Events cannot be written to standard output: ${reasonOf(error)}.`,
        'Fix that and run it again. What was written before is complete, except perhaps its last line.',
        { cause: error },
      );
    });
}

export interface RejectsFile {
  readonly write: ByteWriter;
  close(): Promise<void>;
}

/**
 * Creates the file, or empties it.
 *
 * @param inputs the files that are read.
 * @throws UsageError if the file is one of the inputs; ToolkitError REJECTS_UNWRITABLE if it cannot be written.
 */
export async function openRejects(path: string, inputs: readonly string[]): Promise<RejectsFile> {
  if (inputs.some((input) => isSameFile(input, path))) {
    throw new UsageError(`${path} is an input, and --rejects would empty it.`, 'Give --rejects another file.');
  }
  const fail = (error: unknown): never => {
    throw new ToolkitError(
      'REJECTS_UNWRITABLE',
      `The file for rejected lines, ${path}, cannot be written: ${reasonOfWrite(error)}.`,
      'Give a file in a writable folder, on a disk with free space.',
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

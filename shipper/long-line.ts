import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, ToolkitError } from '../core/errors';

/** Keeps one line that is too long for a record in a file: its bytes are written as they are read, none stay in memory. */
export class LongLine {
  readonly path: string;
  /** Where in its content it begins. */
  readonly from: number;
  readonly #handle: FileHandle;

  private constructor(path: string, from: number, handle: FileHandle) {
    this.path = path;
    this.from = from;
    this.#handle = handle;
  }

  /** @param name identifies this line, and is the same when the line is read again after a crash. */
  static async open(folder: string, name: string, from: number): Promise<LongLine> {
    const path = join(folder, name);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return new LongLine(path, from, await open(path, 'w', 0o600));
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#handle.writeFile(bytes);
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  /** Resolves once the line is on the disk. */
  async finish(): Promise<void> {
    try {
      await this.#handle.datasync();
    } catch (error) {
      throw unwritable(this.path, error);
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function unwritable(path: string, cause: unknown): ToolkitError {
  return new ToolkitError(
    'REJECTS_UNWRITABLE',
    `A line that is too long for a record cannot be kept in ${path}: ${reasonOf(cause)}.`,
    'Free space on the disk, or give this user the right to write there; nothing is lost, the next run reads the line again.',
    { cause },
  );
}

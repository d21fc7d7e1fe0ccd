import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, ToolkitError } from '../core/errors';

/** How much of a line is kept, in bytes: enough to see what it is, too little for a packed bomb to fill the disk. */
export const MOST_KEPT_BYTES = 16 * 1024 * 1024;

/**
 * Keeps one line that is too long for a record in a file: its bytes are written as they are read, none stay in memory. Of a line over
 * 16 MiB only the beginning is kept; `PATH.json` beside it then holds `{"bytes": …, "kept": …}`.
 */
export class LongLine {
  readonly path: string;
  /** Where in its content it begins. */
  readonly from: number;
  readonly #handle: FileHandle;
  #bytes = 0;

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

  /** The line's length so far, its newline included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How much of it is in the file. */
  get keptBytes(): number {
    return Math.min(this.#bytes, MOST_KEPT_BYTES);
  }

  async write(bytes: Uint8Array): Promise<void> {
    const kept = bytes.subarray(0, MOST_KEPT_BYTES - this.keptBytes);
    this.#bytes += bytes.length;
    if (kept.length === 0) return;
    try {
      await this.#handle.writeFile(kept);
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  /** Resolves once what is kept of the line is on the disk. */
  async finish(): Promise<void> {
    try {
      await this.#handle.datasync();
      if (this.keptBytes < this.#bytes) await this.#noteSize();
    } catch (error) {
      throw unwritable(this.path, error);
    } finally {
      await this.close();
    }
  }

  async #noteSize(): Promise<void> {
    const note = await open(`${this.path}.json`, 'w', 0o600);
    try {
      await note.writeFile(`${JSON.stringify({ bytes: this.#bytes, kept: this.keptBytes })}\n`);
      await note.datasync();
    } finally {
      await note.close();
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

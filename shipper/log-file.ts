import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errnoOf, ToolkitError } from '../core/errors';
import { GunzipError, gunzip } from '../core/gunzip';
import { HEAD_BYTES } from '../core/record-source';
import { unreadable } from './find-logs';
import { readAt, readRange } from './read-bytes';

/** The file is gone, or its name means another one now. */
export class LogGone extends Error {}

/** The bytes of one file, whatever it is called; opened when they are first needed. */
export class LogFile {
  /** Device and inode. */
  readonly file: string;
  #path: string;
  #handle: FileHandle | undefined;

  constructor(file: string, path: string) {
    this.file = file;
    this.#path = path;
  }

  /** The last name it was seen under. */
  get path(): string {
    return this.#path;
  }

  set path(path: string) {
    this.#path = path;
  }

  get isOpen(): boolean {
    return this.#handle !== undefined;
  }

  /** Opens it: from then on a rename or a deletion changes nothing. @throws LogGone, ToolkitError LOG_UNREADABLE. */
  async open(): Promise<FileHandle> {
    if (this.#handle !== undefined) return this.#handle;
    let handle: FileHandle;
    try {
      // O_NONBLOCK: a pipe put in its place meanwhile must not block us.
      handle = await open(this.#path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') throw new LogGone();
      throw unreadable(this.#path, error);
    }
    const { dev, ino } = await handle.stat({ bigint: true });
    if (`${dev}:${ino}` !== this.file) {
      await handle.close();
      throw new LogGone();
    }
    this.#handle = handle;
    return handle;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async stat(): Promise<{ readonly size: number; readonly mtimeNs: bigint; readonly ctimeMs: number }> {
    const { size, mtimeNs, ctimeMs } = await this.#read((handle) => handle.stat({ bigint: true }));
    return { size: Number(size), mtimeNs, ctimeMs: Number(ctimeMs) };
  }

  /** Reads bytes as they are in the file, fewer if it ends before. */
  readAt(start: number, length: number): Promise<Buffer> {
    return this.#read((handle) => readAt(handle, start, length));
  }

  async #read<T>(read: (handle: FileHandle) => Promise<T>): Promise<T> {
    const handle = await this.open();
    try {
      return await read(handle);
    } catch (error) {
      throw unreadable(this.#path, error);
    }
  }

  /** The first bytes of the content, at most HEAD_BYTES. */
  async head(isGzip: boolean): Promise<Buffer> {
    if (!isGzip) return this.readAt(0, HEAD_BYTES);
    return (await readRange(this.unpack(), 0, HEAD_BYTES)) ?? Buffer.alloc(0);
  }

  /** The `bytes` bytes before `offset` of the content; undefined if it ends before `offset`. */
  async before(isGzip: boolean, offset: number, bytes: number): Promise<Buffer | undefined> {
    const start = offset - bytes;
    const read = await (isGzip ? readRange(this.unpack(), start, bytes) : this.readAt(start, bytes));
    return read?.length === bytes ? read : undefined;
  }

  /** Unpacks gzip from its start. @throws ToolkitError LOG_CORRUPT, after all that could be unpacked. */
  async *unpack(progress?: (packedBytes: number) => void): AsyncGenerator<Buffer> {
    const handle = await this.open();
    try {
      yield* gunzip(handle, progress);
    } catch (error) {
      if (!(error instanceof GunzipError)) throw unreadable(this.#path, error);
      const { size } = await this.stat();
      throw new ToolkitError(
        'LOG_CORRUPT',
        `${this.#path} is not valid gzip beyond byte ${error.packedOffset} of ${size}: ${error.message}.`,
        'Everything before that is shipped. Repair the file (gzip -t tests it) or move it out of the pattern.',
        { cause: error },
      );
    }
  }
}

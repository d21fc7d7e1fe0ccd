/**
 * Writes access lines to a file, or to standard output for `-`; compressed if the name ends in `.gz`.
 *
 * Each block is compressed separately, several at once on Node's threads: a gzip file may consist of several members (RFC 1952,
 * 2.2). So however the run ends, the file ends with a whole line, and the ledger matches the file.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, gzip as gzipCallback } from 'node:zlib';
import { type ByteWriter, toStandardOutput, writeFully } from '../../core/byte-writer';
import { reasonOfWrite, ToolkitError } from '../../core/errors';
import { ALL_TAKEN, type BlockFates, type LineBlock, type LineSink, type SinkFactory } from './line-sink';

const gzip = promisify(gzipCallback);

/** Creates or truncates the file when the run begins. */
export function toLogFile(path: string): SinkFactory {
  if (path === '-') return { probe: async () => {}, open: async () => new LogFile(toStandardLog()) };
  return {
    // Opened to append, so that an existing file stays as it is until the run begins.
    probe: async () => (await openFile(path, 'a')).close(),
    open: async () => new LogFile(await toLog(path)),
  };
}

/** A file that is only appended to, except that an incomplete write can be undone. */
interface Log {
  readonly path: string;
  readonly write: (bytes: Buffer, onWritten: (bytes: number) => void) => Promise<void>;
  cutTo(bytes: number): Promise<void>;
  close(): Promise<void>;
}

async function toLog(path: string): Promise<Log> {
  const handle = await openFile(path, 'w');
  const isFile = (await handle.stat()).isFile();
  return {
    path,
    write: (bytes, onWritten) => writeFully(handle.fd, bytes, onWritten),
    cutTo: async (bytes) => {
      if (isFile) await handle.truncate(bytes);
    },
    close: () => handle.close(),
  };
}

function toStandardLog(): Log {
  const write: ByteWriter = toStandardOutput();
  return { path: 'standard output', write, cutTo: async () => {}, close: async () => {} };
}

class LogFile implements LineSink {
  /** One more block than Node has threads to compress them. */
  readonly parallel = 5;
  readonly gatherMs = 10;
  readonly #log: Log;
  readonly #isPacked: boolean;
  #written: Promise<unknown> = Promise.resolve();
  #bytes = 0;
  #error: ToolkitError | undefined;

  constructor(log: Log) {
    this.#log = log;
    this.#isPacked = log.path.endsWith('.gz');
  }

  put(block: LineBlock): Promise<BlockFates> {
    const packed = this.#isPacked ? gzip(block.bytes, { level: constants.Z_BEST_SPEED }) : block.bytes;
    const fates = this.#written.then(async () => this.#write(await packed, block));
    this.#written = fates;
    return fates;
  }

  async #write(bytes: Buffer, block: LineBlock): Promise<BlockFates> {
    if (this.#error !== undefined) return { fateOf: () => 'unsent', error: this.#error };
    let written = 0;
    try {
      await this.#log.write(bytes, (bytes) => {
        written = bytes;
      });
    } catch (error) {
      this.#error = toUnwritable(this.#log.path, error);
      return this.#cutBack(written, block, this.#error);
    }
    this.#bytes += bytes.length;
    return ALL_TAKEN;
  }

  /** Removes the partial line, or partial compressed block, of a failed write. */
  async #cutBack(written: number, { ends }: LineBlock, error: ToolkitError): Promise<BlockFates> {
    const lines = this.#isPacked ? 0 : ends.filter((end) => end <= written).length;
    this.#bytes += ends[lines - 1] ?? 0;
    await this.#log.cutTo(this.#bytes).catch(() => {});
    return { fateOf: (place) => (place < lines ? 'taken' : 'unsent'), error };
  }

  stop(): void {}

  async close(): Promise<void> {
    await this.#log.close();
  }

  figures() {
    return { bytes: this.#bytes };
  }
}

function openFile(path: string, flags: 'a' | 'w'): Promise<FileHandle> {
  return open(path, flags).catch((error) => Promise.reject(toUnwritable(path, error)));
}

function toUnwritable(path: string, error: unknown): ToolkitError {
  return new ToolkitError(
    'OUT_NOT_WRITABLE',
    `Access lines cannot be written to ${path}: ${reasonOfWrite(error)}.`,
    'Give --out a file that this user can write, on a disk with free space.',
    { cause: error },
  );
}

import { basename } from 'node:path';
import { ToolkitError } from '../core/errors';
import { MAX_RECORD_BYTES } from '../core/firehose-limits';
import { GunzipError } from '../core/gunzip';
import { leadingNuls } from '../core/nul-bytes';
import { BLOCK_BYTES, type FollowedLog } from './followed-log';
import type { KnownContents } from './known-contents';
import { LogContent } from './log-content';
import { LongLine } from './long-line';
import type { RecordBatch } from './record-batch';

export interface LogReaderProps {
  readonly rejectFolder: string;
  /** Once aborted, no further block is read. */
  readonly signal: AbortSignal;
  readonly warn: (sentence: string) => void;
  /** The batch that is being filled. */
  readonly batch: () => RecordBatch;
  /** Sends that batch, when few enough are in flight, and begins another one. */
  readonly flush: () => Promise<void>;
  /** Called between two blocks of a log. */
  readonly between: () => Promise<void>;
  /** Called before a log's content is replaced: takes the old one over. */
  readonly ended: (log: FollowedLog) => void;
}

/** A gzip file that ends too early is still being written if it changed within this time. */
const STILL_WRITTEN_MS = 5_000;
/** A copy whose original is neither truncated nor gone after this time is a separate log. */
const COPY_WAIT_MS = 60_000;
const NEWLINE = 10;

/** Reads logs into batches, line by line, and puts lines aside that are too long. */
export class LogReader {
  readonly #props: LogReaderProps;
  /** Lines read, those too long included. */
  lines = 0;
  tooLong = 0;
  /** Skipped, by content. */
  readonly #nulBytes = new Map<string, number>();

  constructor(props: LogReaderProps) {
    this.#props = props;
  }

  get nulBytes(): number {
    return [...this.#nulBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** What the checkpoint has about a log that was just found. */
  async ownOf(log: FollowedLog, known: KnownContents): Promise<LogContent | undefined> {
    try {
      const own = await known.ownOf(log);
      if (own === undefined && !log.isGzip && known.hadOther(log))
        this.#props.warn(`${log.path} is not what was read before (truncated or replaced): it is read from its start.`);
      return own;
    } catch (error) {
      if (isCorrupt(error)) return undefined; // Reading it reports the fault.
      throw error;
    }
  }

  /** What a log's bytes are when its file is not known; `unfinished`: gzip that is still being written. */
  async decide(
    log: FollowedLog,
    known: KnownContents,
    live: Iterable<FollowedLog>,
  ): Promise<LogContent | 'wait' | 'unfinished'> {
    const patient = log.isGzip === true || (!log.isEarly && log.ageMs < COPY_WAIT_MS);
    try {
      return await known.contentOf(log, live, patient);
    } catch (error) {
      if (await isUnfinished(log, error)) return 'unfinished';
      if (isCorrupt(error)) return new LogContent(Buffer.alloc(0)); // Reading it ships what is good, then reports the fault.
      throw error;
    }
  }

  /** Reads a plain log to its end; in follow mode, to where it ended when reading began, so that every log gets its turn. */
  async readPlain(log: FollowedLog, final: boolean): Promise<'end'> {
    let endsAt: number | undefined;
    while (!this.#props.signal.aborted && log.content !== undefined) {
      const read = await log.readPlain(log.content, final);
      if (read.kind === 'truncated') {
        await this.#restart(log);
        endsAt = undefined;
        continue;
      }
      if (read.kind === 'nothing') break;
      endsAt ??= log.size;
      await this.#ship(log, log.content, read.block, final && read.atEnd);
      if (read.atEnd || (!final && log.content.readOffset >= endsAt)) break;
      await this.#props.between();
    }
    return 'end';
  }

  async #restart(log: FollowedLog): Promise<void> {
    this.#props.ended(log);
    if (!(await log.restart())) return;
    this.#props.warn(
      `${log.path} was truncated (copytruncate?): it is read from its start; lines that had not been read are lost, so rotate by renaming.`,
    );
  }

  /** Reads a gzip log to its end. */
  async readGzip(log: FollowedLog): Promise<'end' | 'unfinished'> {
    const { content } = log;
    if (content === undefined) return 'end';
    // A file that ends too early and has long been silent is read once more, to report the fault.
    if (!(await log.hasNews()) && (await log.changedWithin(STILL_WRITTEN_MS))) return 'unfinished';
    const from = content.readOffset;
    let position = 0;
    let block = new Block();
    try {
      for await (const piece of log.readGzip()) {
        if (this.#props.signal.aborted) return 'end';
        block.add(piece.subarray(Math.min(piece.length, Math.max(0, from - position))));
        position += piece.length;
        if (block.bytes < BLOCK_BYTES) continue;
        block = await this.#shipBlock(log, content, block, false);
        await this.#props.between();
      }
    } catch (error) {
      await this.#shipBlock(log, content, block, false);
      if (await isUnfinished(log, error)) return 'unfinished';
      throw error;
    }
    await this.#shipBlock(log, content, block, true);
    return 'end';
  }

  /** @returns a block that begins with the line that is not whole yet. */
  async #shipBlock(log: FollowedLog, content: LogContent, block: Block, final: boolean): Promise<Block> {
    const bytes = block.join();
    const next = new Block();
    next.add(bytes.subarray(await this.#ship(log, content, bytes, final)));
    return next;
  }

  /** @returns where in the block the first line begins that is not whole yet. */
  async #ship(log: FollowedLog, content: LogContent, block: Buffer, final: boolean): Promise<number> {
    let start = 0;
    do {
      const left = block.length - start;
      const skipped = Math.min(left, content.bytesToSkip);
      content.advance(block.subarray(start, start + skipped));
      start += skipped;
      const end = start + Math.min(left - skipped, content.bytesToRead);
      const isLast = final && end === block.length;
      const next = await this.#shipLines(log, content, block.subarray(0, end), start, isLast);
      if (next < end) return next;
      start = next;
    } while (start < block.length);
    return start;
  }

  /** @returns where in the block the first line begins that is not whole yet. */
  async #shipLines(
    log: FollowedLog,
    content: LogContent,
    block: Buffer,
    from: number,
    final: boolean,
  ): Promise<number> {
    let start = from;
    for (;;) {
      if (log.longLine === undefined) start = this.#skipNuls(log, content, block, start);
      else {
        start = await this.#putAside(log, log.longLine, content, block, start, final);
        if (log.longLine !== undefined) return start;
      }
      const batch = this.#props.batch();
      const before = batch.records.length;
      const { next, ended } = batch.take(log, content, block, start, final);
      this.lines += batch.records.length - before;
      start = next;
      if (ended === 'block-end') return start;
      if (ended === 'full') await this.#props.flush();
      if (ended === 'too-long')
        log.beginLongLine(
          await LongLine.open(this.#props.rejectFolder, longLineName(log, content), content.readOffset),
        );
    }
  }

  /** A writer that was not told of a truncation, or a crash, leaves NUL bytes before a line. */
  #skipNuls(log: FollowedLog, content: LogContent, block: Buffer, start: number): number {
    const end = start + leadingNuls(block, start);
    if (end === start) return start;
    const from = content.readOffset;
    content.advance(block.subarray(start, end));
    content.putAside(from);
    if (this.#nulBytes.get(content.key) === undefined)
      this.#props.warn(
        `${log.path} has NUL bytes before a line (copytruncate, or a crash of the machine): they are skipped.`,
      );
    this.#nulBytes.set(content.key, (this.#nulBytes.get(content.key) ?? 0) + end - start);
    return end;
  }

  /** @returns where the line ends, or the block: then it is still `log.longLine`. */
  async #putAside(
    log: FollowedLog,
    line: LongLine,
    content: LogContent,
    block: Buffer,
    start: number,
    final: boolean,
  ): Promise<number> {
    const newline = block.indexOf(NEWLINE, start);
    const end = newline < 0 ? block.length : newline + 1;
    await line.write(block.subarray(start, end));
    content.advance(block.subarray(start, end));
    if (newline < 0 && !final) return end;
    log.endLongLine();
    await line.finish();
    content.putAside(line.from);
    this.lines += 1;
    this.tooLong += 1;
    this.#props.warn(
      `A line of ${log.path} is over ${MAX_RECORD_BYTES} bytes, too long for a record: ${line.keptBytes < line.bytes ? `its first ${line.keptBytes} of ${line.bytes} bytes are ` : ''}kept in ${line.path}.`,
    );
    return end;
  }
}

/** Unpacked pieces that become one block. */
class Block {
  readonly #pieces: Buffer[] = [];
  bytes = 0;

  add(piece: Buffer): void {
    this.#pieces.push(piece);
    this.bytes += piece.length;
  }

  join(): Buffer {
    return Buffer.concat(this.#pieces, this.bytes);
  }
}

function longLineName(log: FollowedLog, content: LogContent): string {
  return `${basename(log.path)}-${log.file.replace(':', '-')}-${content.readOffset}.line`;
}

function isCorrupt(error: unknown): boolean {
  return error instanceof ToolkitError && error.cause instanceof GunzipError;
}

async function isUnfinished(log: FollowedLog, error: unknown): Promise<boolean> {
  const cause = error instanceof ToolkitError ? error.cause : undefined;
  return cause instanceof GunzipError && cause.unfinished && log.changedWithin(STILL_WRITTEN_MS);
}

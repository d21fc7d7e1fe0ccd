import { BLOCK_BYTES, type FollowedLog } from './followed-log';
import { LogContent } from './log-content';

const NEWLINE = 10;

/** The content of a log of which only what is written from now on is wanted. It begins with a whole line. */
export async function contentAtEnd(log: FollowedLog): Promise<LogContent> {
  const head = await log.head();
  const { offset, tail } = log.isGzip ? await readToEnd(log) : await lastLineStart(log);
  return LogContent.skippedTo(head, offset, tail);
}

interface End {
  readonly offset: number;
  /** Bytes just before it. */
  readonly tail: Buffer;
}

/** An archive: all of it is old. */
async function readToEnd(log: FollowedLog): Promise<End> {
  let offset = 0;
  let tail: Buffer = Buffer.alloc(0);
  for await (const piece of log.readGzip()) {
    offset += piece.length;
    tail = Buffer.concat([tail.subarray(-BLOCK_BYTES), piece]);
  }
  return { offset, tail };
}

/** A line that is only half written is still to come. */
async function lastLineStart(log: FollowedLog): Promise<End> {
  const { size } = log;
  const bytes = Math.min(size, BLOCK_BYTES);
  const tail = (await log.before(size, bytes)) ?? Buffer.alloc(0);
  const end = tail.lastIndexOf(NEWLINE) + 1;
  return end === 0 && size > bytes
    ? { offset: size, tail }
    : { offset: size - bytes + end, tail: tail.subarray(0, end) };
}

/** Transforms one batch of lines: the work of each thread of `clickstreamy etl`. */
import { isUtf8 } from 'node:buffer';
import { leadingNuls } from '../core/nul-bytes';
import { ByteSink } from './byte-sink';
import type { LineTransform, RejectReason } from './line-transform';
import { BATCH_BYTES, type LineBuffer, LONGEST_LINE } from './lines-cut';

export type LineRejectReason = Exclude<RejectReason, 'blank'> | 'too-long';

export interface LineTally {
  lines: number;
  events: number;
  /** Dropped. */
  blank: number;
  rejected: Partial<Record<LineRejectReason, number>>;
  /** NULs that were skipped before lines. */
  nulBytes: number;
}

/** Where the lines come from, for the rejects. */
export interface LineOrigin {
  readonly file: string;
  /** Number of the batch's first line, from 1. */
  readonly firstLine: number;
}

/** A batch of lines with its events. Its buffers move to a thread and back, and are never copied. */
export class TransformBatch implements LineBuffer {
  input: Buffer = Buffer.allocUnsafeSlow(BATCH_BYTES);
  length = 0;
  isTooLong = false;
  nulBytes = 0;
  /** Events, one JSON text per line. */
  readonly output = new ByteSink(0);
  /** Rejected lines, one JSON text per line. */
  readonly rejects = new ByteSink(0);

  /** Empties it for the next batch, and shrinks buffers that an unusual batch made grow. */
  clear(): void {
    this.length = 0;
    this.isTooLong = false;
    this.nulBytes = 0;
    if (this.input.length > BATCH_BYTES) this.input = Buffer.allocUnsafeSlow(BATCH_BYTES);
    for (const sink of [this.output, this.rejects]) {
      sink.length = 0;
      // Not from Node's pool, which cannot be transferred to another thread.
      if (sink.bytes.length === 0 || sink.bytes.length > LARGEST_KEPT) sink.bytes = Buffer.allocUnsafeSlow(BATCH_BYTES);
    }
  }

  /** What to transfer when the batch is posted to another thread. */
  buffers(): ArrayBuffer[] {
    return [this.input, this.output.bytes, this.rejects.bytes].map((bytes) => bytes.buffer as ArrayBuffer);
  }

  /** Takes over the buffers that another thread has posted. */
  adopt({ input, length, isTooLong, nulBytes, output, rejects }: BatchMessage): void {
    this.input = Buffer.from(input.buffer);
    this.length = length;
    this.isTooLong = isTooLong;
    this.nulBytes = nulBytes;
    Object.assign(this.output, { bytes: Buffer.from(output.bytes.buffer), length: output.length });
    Object.assign(this.rejects, { bytes: Buffer.from(rejects.bytes.buffer), length: rejects.length });
  }
}

/** A batch as another thread receives it: without its methods. */
export type BatchMessage = Pick<TransformBatch, 'input' | 'length' | 'isTooLong' | 'nulBytes' | 'output' | 'rejects'>;

/** Most events are two to four times as long as their lines; the rejects of the shortest lines are thirty times as long. */
const LARGEST_KEPT = 32 * BATCH_BYTES;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** How much of a line that is too long is kept in its reject. */
const KEPT_OF_TOO_LONG = 1024;

/** @param origin of the batch; without it, rejected lines are only counted. */
export function transformBatch(batch: TransformBatch, transform: LineTransform, origin?: LineOrigin): LineTally {
  const { input, length, output, rejects } = batch;
  const tally: LineTally = { lines: 0, events: 0, blank: 0, rejected: {}, nulBytes: batch.nulBytes };
  output.length = 0;
  rejects.length = 0;
  for (let next = 0; next < length; ) {
    const lineAt = next;
    const newline = input.indexOf(NEWLINE, lineAt);
    next = newline === -1 || newline >= length ? length : newline + 1;
    const end = lineEnd(input, lineAt, next);
    const start = lineAt + leadingNuls(input, lineAt, end);
    tally.nulBytes += start - lineAt;
    const isTooLong = batch.isTooLong || end - start > LONGEST_LINE;
    const reason = isTooLong ? 'too-long' : transform(input, start, end, output);
    if (reason === undefined) {
      tally.events++;
      output.reserve(1);
      output.bytes[output.length++] = NEWLINE;
    } else if (reason === 'blank') {
      tally.blank++;
    } else {
      tally.rejected[reason] = (tally.rejected[reason] ?? 0) + 1;
      const raw = input.subarray(start, isTooLong ? start + KEPT_OF_TOO_LONG : end);
      if (origin !== undefined) appendReject(rejects, origin.file, origin.firstLine + tally.lines, reason, raw);
    }
    tally.lines++;
  }
  return tally;
}

/** Where a line ends, before its newline and a carriage return before that. */
function lineEnd(input: Buffer, start: number, next: number): number {
  let end = next;
  if (end > start && input[end - 1] === NEWLINE) end--;
  if (end > start && input[end - 1] === CARRIAGE_RETURN) end--;
  return end;
}

function appendReject(sink: ByteSink, file: string, line: number, reason: LineRejectReason, raw: Buffer): void {
  const text = isUtf8(raw) ? { raw: raw.toString() } : { rawBase64: raw.toString('base64') };
  const json = `${JSON.stringify({ file, line, reason, ...text })}\n`;
  sink.reserve(json.length * 3);
  sink.length += sink.bytes.write(json, sink.length);
}

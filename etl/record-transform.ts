/** A record should hold one access line. */
import type { ByteSink } from './byte-sink';
import type { LineTransform, RejectReason } from './line-transform';

const NEWLINE = 0x0a;
/** Not `trim`: read as Latin-1, a byte of a UTF-8 character may look like a space. */
const BLANK = /^[ \t\v\f\r\0]*$/;

/**
 * Appends the event's JSON of the record `bytes[start, end)` to the sink. Its last newline, and blank lines around a single line, do not
 * count.
 *
 * @returns why there is none; the sink is then unchanged.
 */
export function transformRecord(
  transform: LineTransform,
  bytes: Buffer,
  start: number,
  end: number,
  sink: ByteSink,
): RejectReason | 'several-lines' | undefined {
  const last = end > start && bytes[end - 1] === NEWLINE ? end - 1 : end;
  const newline = bytes.indexOf(NEWLINE, start);
  if (newline === -1 || newline >= last) return transform(bytes, start, last, sink);
  const text = bytes.toString('latin1', start, last);
  const lines = text.split('\n').filter((line) => !BLANK.test(line));
  if (lines.length > 1) return 'several-lines';
  const from = start + (lines[0] === undefined ? 0 : text.indexOf(lines[0]));
  return transform(bytes, from, from + (lines[0]?.length ?? 0), sink);
}

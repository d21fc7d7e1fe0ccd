/**
 * NULs before a line: where a log was truncated under a writer that goes on at its old offset (copytruncate without O_APPEND), or a
 * crash left a hole. They are no part of the line behind them.
 */

/** @returns how many NUL bytes the line `bytes[start, end)` begins with; all of them where there is nothing else. */
export function leadingNuls(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let at = start;
  while (at < end && bytes[at] === 0) at++;
  return at - start;
}

/** Ranges of the bytes of one content: sorted, merged where they touch, so that a content read without a gap is one range. */
import type { Fingerprint } from './fingerprint';

export interface ByteRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** The bytes just before `to`, if they are known. */
  readonly tail?: Fingerprint | undefined;
}

/** @returns the ranges with one more, which may overlap them. */
export function addRange(ranges: readonly ByteRange[], added: ByteRange): readonly ByteRange[] {
  const last = ranges.at(-1);
  if (last === undefined || last.to < added.from) return [...ranges, added];
  let { from, to, tail } = added;
  const before: ByteRange[] = [];
  const after: ByteRange[] = [];
  for (const range of ranges) {
    if (range.to < from) before.push(range);
    else if (range.from > to) after.push(range);
    else {
      if (range.to > to || (range.to === to && tail === undefined)) ({ to, tail } = range);
      from = Math.min(from, range.from);
    }
  }
  return [...before, { from, to, tail }, ...after];
}

export function addRanges(ranges: readonly ByteRange[], added: readonly ByteRange[]): readonly ByteRange[] {
  return added.reduce(addRange, ranges);
}

/** Whether all bytes from `from` to `to` are in the ranges. */
export function covers(ranges: readonly ByteRange[], from: number, to: number): boolean {
  return ranges.some((range) => range.from <= from && to <= range.to);
}

export function overlaps(ranges: readonly ByteRange[], from: number, to: number): boolean {
  return ranges.some((range) => range.from < to && from < range.to);
}

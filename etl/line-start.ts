import { leadingNuls } from '../core/nul-bytes';

const [NUL, BOM_1, BOM_2, BOM_3] = [0x00, 0xef, 0xbb, 0xbf];

/** Where the line `input[start, end)` begins: behind NULs and a UTF-8 byte order mark, which are no part of it. */
export function lineStart(input: Uint8Array, start: number, end: number): number {
  let at = start;
  for (;;) {
    if (input[at] === NUL && at < end) at += leadingNuls(input, at, end);
    else if (input[at] === BOM_1 && input[at + 1] === BOM_2 && input[at + 2] === BOM_3 && at + 3 <= end) at += 3;
    else return at;
  }
}

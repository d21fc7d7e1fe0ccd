/** Transforms access lines to JSON click events, bytes to bytes. */
import { createFastPrinter } from './fast-printer';
import { lineStart } from './line-start';
import type { LineTransform, TransformOptions } from './line-transform';
import { createSimpleTransform } from './simple-transform';

export function createLineTransform(options: TransformOptions = {}): LineTransform {
  const transformSimply = createSimpleTransform(options);
  const printFast = createFastPrinter(options);
  return (input, start, end, sink) => {
    const from = lineStart(input, start, end);
    return printFast(input, from, end, sink) ? undefined : transformSimply(input, from, end, sink);
  };
}

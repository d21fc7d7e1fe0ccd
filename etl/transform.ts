/** Transforms access lines to JSON click events, bytes to bytes. */
import { createFastPrinter } from './fast-printer';
import type { LineTransform, TransformOptions } from './line-transform';
import { createSimpleTransform } from './simple-transform';

export function createLineTransform(options: TransformOptions = {}): LineTransform {
  const transformSimply = createSimpleTransform(options);
  const printFast = createFastPrinter(options);
  return (input, start, end, sink) =>
    printFast(input, start, end, sink) ? undefined : transformSimply(input, start, end, sink);
}

/** Loads a transform function of the user's own: a module that exports `handler`, as AWS Lambda has it. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { reasonOf, ToolkitError } from '../core/errors';
import type { TransformHandler } from '../etl/handler';

/** @throws ToolkitError FUNCTION_UNUSABLE */
export async function loadHandler(file: string): Promise<TransformHandler> {
  let loaded: Exports;
  try {
    await access(file);
    loaded = await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    throw unusable(file, `cannot be loaded: ${reasonOf(error)}`, error);
  }
  // What a CommonJS module exports is the default of its namespace.
  const found = loaded.handler ?? loaded.default?.handler ?? loaded.default;
  if (typeof found === 'function') return async (event) => found(event, {});
  throw unusable(file, 'exports no function named handler');
}

interface Exports {
  readonly handler?: unknown;
  readonly default?: { readonly handler?: unknown };
}

function unusable(file: string, why: string, cause?: unknown): ToolkitError {
  return new ToolkitError(
    'FUNCTION_UNUSABLE',
    `The function in ${file} ${why}.`,
    'It must be JavaScript that exports `handler`, a function of a Firehose transformation event; docs/firehose.md has an example.',
    { cause },
  );
}

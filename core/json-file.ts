/** JSON that a person or a program wrote, read and checked against its schema in one step. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { reasonOf } from './errors';
import { parse } from './parse';

/**
 * Makes the error to throw. `why` continues a sentence that names the file: `is not JSON`, `cannot be read: permission denied`,
 * `cannot be used: name: must not be empty`.
 */
export type Fail = (why: string, cause?: unknown) => Error;

/** @throws what `fail` makes. */
export function readJsonFile<S extends z.ZodType>(file: string, schema: S, fail: Fail): z.output<S> {
  return parseJson(readText(file, fail), schema, fail);
}

/** @throws what `fail` makes. */
export function parseJson<S extends z.ZodType>(text: string, schema: S, fail: Fail): z.output<S> {
  return parse(schema, toValue(text, fail), (why) => fail(`cannot be used: ${why}`));
}

function readText(file: string, fail: Fail): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw fail(`cannot be read: ${reasonOf(error)}`, error);
  }
}

function toValue(text: string, fail: Fail): unknown {
  try {
    // Editors on Windows put a byte order mark in front, which is not JSON.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw fail('is not JSON', error);
  }
}

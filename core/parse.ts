/** Checks what comes in from outside, and says in plain words what is wrong with it. */
import type { z } from 'zod';
import { nearest } from './did-you-mean';

/**
 * Parses what comes in at an input boundary (a file, a body, a reply, a variable) with its schema.
 *
 * @param fail makes the error to throw; it is given all faults at once, `steps[2].page: what is wrong`, joined by `; `.
 */
export function parse<S extends z.ZodType>(schema: S, value: unknown, fail: (why: string) => Error): z.output<S> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw fail(describeIssues(result.error, schema).join('; '));
}

/** @param schema for the hints at misspelt keys. @returns one sentence for each fault, without a full stop. */
export function describeIssues(error: z.ZodError, schema?: z.ZodType): string[] {
  const sentences = toFaults(error, schema).map(({ path, why, isMissing }) => {
    if (path.length === 0) return why;
    return isMissing ? `${showPath(path)} is missing` : `${showPath(path)}: ${why}`;
  });
  return [...new Set(sentences)];
}

export type Path = readonly PropertyKey[];

/** `steps[2].page` */
export function showPath(path: Path): string {
  return path
    .map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

export interface Fault {
  readonly path: Path;
  /** The value there, if the error was made with `reportInput`. */
  readonly input: unknown;
  /** `must be a whole number` */
  readonly why: string;
  readonly isMissing: boolean;
  /** The unknown key, if that is the fault; it is the last part of `path`. */
  readonly unknownKey?: string;
}

/** Each fault of a zod error, in the words of this project. For a union, the faults that lie deepest count. */
export function toFaults(error: Pick<z.ZodError, 'issues'>, schema?: z.ZodType): Fault[] {
  return error.issues.flatMap((issue) => faultsOf(issue as z.core.$ZodIssue, schema));
}

function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType | undefined): Fault[] {
  const { path, input } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = schema === undefined ? [] : keysAt(schema, path);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      const why = `is not known${meant === undefined ? '' : `; did you mean ${meant}?`}`;
      return { path: [...path, key], input: undefined, why, isMissing: false, unknownKey: key };
    });
  }
  if (issue.code === 'invalid_union' && isRaw(issue.message)) {
    // What lies deeper (an item of the list) says more than that no alternative fits.
    const deeper = issue.errors.flat().filter((inner) => inner.path.length > 0);
    if (deeper.length > 0) {
      return deeper.flatMap((inner) => faultsOf({ ...inner, path: [...path, ...inner.path] }, schema));
    }
    if (issue.discriminator !== undefined) {
      // The value seen is the whole alternative; what is wrong is the one word that names it.
      const word = isRecord(input) ? input[issue.discriminator] : undefined;
      const values = 'options' in issue ? (issue.options ?? []) : [];
      return [{ path, input: word, why: `must be ${oneOf(values, word)}`, isMissing: word === undefined }];
    }
  }
  const isMissing = input === undefined && issue.code !== 'custom' && !('values' in issue && path.length === 0);
  return [{ path, input, why: isRaw(issue.message) ? wanted(issue) : issue.message, isMissing }];
}

/** zod's default messages, as opposed to those that a schema gives. */
const isRaw = (message: string) => /^(Invalid|Too (small|big)|Unrecognized)\b/.test(message);

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${EXPECTED[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${oneOf(issue.values, issue.input)}`;
    case 'too_small':
      if (issue.minimum === 1 && unitOf(issue.origin) !== '') return 'must not be empty';
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.pattern === undefined
        ? `must be ${FORMATS[issue.format] ?? issue.format}`
        : `must match ${issue.pattern}`;
    case 'invalid_union':
      return 'fits none of its forms';
    case 'invalid_key':
      return 'has a key that cannot be used';
    default:
      return 'cannot be used';
  }
}

function oneOf(values: readonly unknown[], input: unknown): string {
  const meant = typeof input === 'string' ? nearest(input, values.map(String)) : undefined;
  const list = values.map((value) => JSON.stringify(value)).join(', ');
  return `${values.length === 1 ? '' : 'one of '}${list}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

const unitOf = (origin: string) => (origin === 'string' ? ' characters long' : origin === 'array' ? ' long' : '');

const EXPECTED: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text',
};

const FORMATS: Readonly<Record<string, string>> = { url: 'a URL', datetime: 'a time, as 2026-11-01T10:31:00Z' };

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

interface Def {
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
}

/** The keys that a schema knows at a path. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  const { shape, innerType, in: before, element, valueType, options } = schema.def as unknown as Def;
  const inner = innerType ?? before;
  if (inner !== undefined) return keysAt(inner, path);
  if (options !== undefined) return options.flatMap((option) => keysAt(option, path));
  const [first, ...rest] = path;
  if (first === undefined) return Object.keys(shape ?? {});
  const next = shape?.[String(first)] ?? element ?? valueType;
  return next === undefined ? [] : keysAt(next, rest);
}

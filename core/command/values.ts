/** The kinds of values that options take. Each is a zod schema that knows what `--help` and the docs call its value. */
import { z } from 'zod';
import { STREAM_NAME } from '../firehose-limits';
import { grouped } from '../progress-text';

/** What an option's schema says with `.meta()` and `.describe()`, for `--help`, the docs and the completion. */
export interface OptionMeta {
  readonly description?: string;
  /** What the docs call the value: `FILE`, `N`. */
  readonly value?: string;
  /** Heading in `--help`. @default 'Options' */
  readonly group?: string;
  /** The default, where the schema has none because the command must know whether the option was given. */
  readonly otherwise?: string | number;
  /** One letter: `q` for `-q`. */
  readonly alias?: string;
  /** Shown after the default: `s`. */
  readonly unit?: string;
  /** An argument without a name; the last one may be a list. */
  readonly positional?: boolean;
  /** A list that takes all words up to the next option: what the shell makes of an unquoted pattern. */
  readonly greedy?: boolean;
}

export interface Range {
  readonly min?: number;
  readonly max?: number;
  /** An exclusive minimum. */
  readonly above?: number;
}

export const text = (value = 'TEXT') => z.string('must be given once').min(1, 'must not be empty').meta({ value });
export const file = () => text('FILE');
export const folder = () => text('DIR');

/** `shop.example.org:8080` */
export const host = () =>
  z
    .string('must be given once')
    .regex(/^[^\s/]+$/, 'must be a host, with its port if it has one: shop.example.org:8080')
    .meta({ value: 'HOST' });

/** A Firehose delivery stream’s name. */
export const streamName = () =>
  z.string('must be given once').regex(STREAM_NAME, 'must be 1 to 64 letters, digits and _.-').meta({ value: 'NAME' });

/** A number of bytes: `500KB`, `1MB`, `1MiB`; KB and MB are 1,024-based, as in AWS’s buffer hints. @param range in bytes. */
export const bytes = (range: Range = {}) =>
  numeric(readBytes, 'a size, such as 1MB or 500KB', range, ' bytes').meta({ value: 'SIZE' });

const BYTES: Readonly<Record<string, number>> = { '': 1, B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** @returns NaN for what is no size. */
function readBytes(word: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)\s*(?:([KMG])i?)?B?$/i.exec(word) ?? [];
  return count === undefined ? Number.NaN : Math.round(Number(count) * (BYTES[unit.toUpperCase()] ?? Number.NaN));
}

export const choice = <const T extends readonly string[]>(values: T) =>
  z.enum(values).meta({ value: values.join('|') });

/** On or off; off unless given. */
export const flag = () => z.boolean('must be given once').default(false);

/** An option that may be repeated. @param item the kind of each value. */
export const list = <T extends z.ZodType>(item: T) => z.array(item).default([]);

export const number = (range: Range = {}) => numeric(Number, 'a number', range, '').meta({ value: 'N' });

export const whole = (range: Range = {}) => {
  const read = (word: string) => (/^[+-]?\d+(e\d+)?$/i.test(word) ? Number(word) : Number.NaN);
  return numeric(read, 'a whole number', range, '').meta({ value: 'N' });
};

/** `0.2` or `20%`, as 0 to 1. */
export const share = () => {
  return numeric(readShare, 'a share', { min: 0, max: 1 }, '', '0 to 1, or 0% to 100%').meta({ value: 'SHARE' });
};

/** `20%` and `0.2` are 0.2, to the last digit. @returns NaN for what is neither; the range is not checked. */
export function readShare(word: string): number {
  // Not divided by 100: 12.3 / 100 is a little more than 0.123.
  return Number(word.endsWith('%') ? `${word.slice(0, -1).trim()}e-2` : word);
}

/** A duration in seconds: `90`, `90s`, `5m`, `2h`, `500ms`. @param range in seconds. */
export const seconds = (range: Range = {}) =>
  numeric(readSeconds, 'a duration, such as 90s, 5m, 2h or 500ms', range, ' seconds').meta({
    ...{ value: 'DURATION', unit: 's' },
  });

/** A duration in milliseconds: `250`, `250ms`, `1.5s`. @param range in milliseconds. */
export const milliseconds = (range: Range = {}) => {
  const read = (word: string) => (isPlain(word) ? Number(word) : readSeconds(word) * 1000);
  return numeric(read, 'a duration, such as 500ms or 2s', range, ' milliseconds').meta({
    ...{ value: 'DURATION', unit: 'ms' },
  });
};

/** `2026-11-01`, `2026-11-01T10:31:00Z`, as a `Date`; UTC where no offset is given. */
export const time = () =>
  text('TIME').transform((value, context) => {
    const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/.test(value);
    // A date alone is midnight UTC by ECMAScript's rule; a time without its offset would be the machine's.
    const date = new Date(/T.*\d$/.test(value) && !/[+-]\d\d:\d\d$/.test(value) ? `${value}Z` : value);
    if (isTime && !Number.isNaN(date.getTime())) return date;
    context.addIssue('must be a time, such as 2026-11-01 or 2026-11-01T10:31:00Z');
    return z.NEVER;
  });

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** `1h30m` is 5400; a plain number is seconds. @returns NaN for anything else. */
export function readSeconds(word: string): number {
  if (isPlain(word)) return Number(word);
  const parts = [...word.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/gy)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== word) return Number.NaN;
  // Rounded to a nanosecond: 0.3 x 0.001 is not exact.
  const sum = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (SECONDS[unit ?? ''] ?? Number.NaN), 0);
  return Math.round(sum * 1e9) / 1e9;
}

const isPlain = (word: string) => word.trim() !== '' && !Number.isNaN(Number(word));

function numeric(
  read: (word: string) => number,
  what: string,
  range: Range,
  unit: string,
  shown = showRange(range, unit),
) {
  return z.union([z.string(), z.number()], `must be ${what}`).transform((value, context) => {
    const number = typeof value === 'number' ? value : value.trim() === '' ? Number.NaN : read(value.trim());
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, above = Number.NEGATIVE_INFINITY } = range;
    if (Number.isFinite(number) && number >= min && number <= max && number > above) return number;
    context.addIssue(`must be ${Number.isFinite(number) && shown !== '' ? shown : what}`);
    return z.NEVER;
  });
}

/** `1 to 60,000`, `more than 0 seconds`. */
function showRange({ min, max, above }: Range, unit: string): string {
  const [least, most] = [min, max].map((bound) => (bound === undefined ? undefined : grouped(bound)));
  if (above !== undefined) return `more than ${above}${most === undefined ? '' : ` and at most ${most}`}${unit}`;
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}`;
  if (least !== undefined) return `${least}${unit} or more`;
  return most === undefined ? '' : `${most}${unit} or less`;
}

/** Puts options under one heading in `--help`. */
export function inGroup<S extends z.ZodRawShape>(group: string, shape: S): S {
  const entries = Object.entries(shape).map(([key, field]) => [key, (field as z.ZodType).meta({ group })]);
  return Object.fromEntries(entries) as S;
}

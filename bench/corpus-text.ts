/** Text as a web server logs it, and what it stands for. */
import type { Random } from './corpus-random';

export interface Logged {
  /** What stands in the log. */
  readonly logged: string;
  /** What that means; undefined where the item is absent. */
  readonly value?: string | undefined;
}

export const ABSENT: Logged = { logged: '-' };

const LETTERS: ReadonlyMap<number, string> = new Map([
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);

const NEEDS_ESCAPE = /[^ !#-[\]-~]/;

/** As Apache writes what a client sent: pure ASCII. */
export function asApache(value: string): Logged {
  if (!NEEDS_ESCAPE.test(value)) return { logged: value, value };
  let logged = '';
  for (const byte of new TextEncoder().encode(value)) {
    const letter = LETTERS.get(byte);
    if (letter !== undefined) logged += letter;
    else if (byte >= 0x20 && byte < 0x7f) logged += String.fromCharCode(byte);
    else logged += `\\x${byte < 16 ? '0' : ''}${byte.toString(16)}`;
  }
  return { logged, value };
}

/** As a server does that escapes nothing but quotes and backslashes: raw UTF-8. */
export function asRaw(value: string): Logged {
  return { logged: value.replace(/["\\]/g, '\\$&'), value };
}

/** What was there as bytes that are no UTF-8: each stands for U+FFFD, as TextDecoder has it. */
export const BROKEN: readonly Logged[] = [
  { logged: 'zo\\xeb', value: 'zo\ufffd' },
  { logged: 'caf\\xe9 \\xff\\xfe bytes', value: 'caf\ufffd \ufffd\ufffd bytes' },
  { logged: 'cut \\xe6\\x9d', value: 'cut \ufffd' },
  { logged: 'half \\xed\\xa0\\x80', value: 'half \ufffd\ufffd\ufffd' },
  { logged: 'long \\xc0\\xaf', value: 'long \ufffd\ufffd' },
  { logged: 'alone \\x80!', value: 'alone \ufffd!' },
];

/** What Apache writes where it is no escape at all: a backslash before anything else stays. */
export const NO_ESCAPES: readonly Logged[] = [
  { logged: 'C:\\dir', value: 'C:\\dir' },
  { logged: 'x\\xg1', value: 'x\\xg1' },
  { logged: 'x\\x4', value: 'x\\x4' },
];

const NAMES = [
  'alice',
  'bob',
  'carol',
  'dan',
  'eve',
  'frank',
  'grace',
  'heidi',
  'ivan',
  'judy',
  'mallory',
  'niaj',
  'zoe',
];
export const USERS: readonly string[] = Array.from({ length: 400 }, (_, at) => {
  const name = NAMES[at % NAMES.length] as string;
  return at < NAMES.length ? name : `${name}${at}`;
});

export const FOREIGN_NAMES = ['josé', 'zoë', '東京', 'Ωmega', 'имя', '😀smile', '²', 'naïve café', 'ﬁn', 'e\u0301'];

/** A value of the tail that may be percent-encoded, as PHP writes its cookies. */
export function asPercent(value: string, random: Random): Logged {
  let logged = '';
  for (const byte of new TextEncoder().encode(value)) {
    const char = String.fromCharCode(byte);
    const hex = `${byte < 16 ? '0' : ''}${byte.toString(16)}`;
    logged += /[A-Za-z0-9_.-]/.test(char) ? char : `%${random.chance(0.5) ? hex : hex.toUpperCase()}`;
  }
  return { logged, value };
}

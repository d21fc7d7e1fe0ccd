/** Text as a web server logs it, and what it means. */
import type { Random } from './corpus-random';

export interface Logged {
  readonly logged: string;
  /** What `logged` means; undefined if the item is absent. */
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

/** Writes what a client sent as Apache does: pure ASCII. */
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

/** Writes raw UTF-8, as a server that escapes only quotes and backslashes. */
export function asRaw(value: string): Logged {
  return { logged: value.replace(/["\\]/g, '\\$&'), value };
}

/** Bytes that are not UTF-8: they decode to U+FFFD, as with TextDecoder. */
export const BROKEN: readonly Logged[] = [
  { logged: 'zo\\xeb', value: 'zo\ufffd' },
  { logged: 'caf\\xe9 \\xff\\xfe bytes', value: 'caf\ufffd \ufffd\ufffd bytes' },
  { logged: 'cut \\xe6\\x9d', value: 'cut \ufffd' },
  { logged: 'half \\xed\\xa0\\x80', value: 'half \ufffd\ufffd\ufffd' },
  { logged: 'long \\xc0\\xaf', value: 'long \ufffd\ufffd' },
  { logged: 'alone \\x80!', value: 'alone \ufffd!' },
];

/** Backslashes that begin no escape, and stay. */
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

/** Writes a value of the tail percent-encoded, as PHP writes its cookies. */
export function asPercent(value: string, random: Random): Logged {
  let logged = '';
  for (const byte of new TextEncoder().encode(value)) {
    const char = String.fromCharCode(byte);
    const hex = `${byte < 16 ? '0' : ''}${byte.toString(16)}`;
    logged += /[A-Za-z0-9_.-]/.test(char) ? char : `%${random.chance(0.5) ? hex : hex.toUpperCase()}`;
  }
  return { logged, value };
}

/** Prints the tail of a line, ` "user = alice; session = …"`, as the event's JSON. */
import { type ByteWords, copyBytes, toWords } from './byte-words';
import { unescapeEncodedItem } from './unescape';

/** Keys, in the order of the event's fields; `site` isn't a field. */
const [USER, SESSION, ID, US, SITE] = [0, 1, 2, 3, 4] as const;
const [SPACE, QUOTE, ZERO, NINE, TILDE] = [0x20, 0x22, 0x30, 0x39, 0x7e];
const ESCAPED = new Set(Buffer.from('"\\\\'));
const [DASH, COMMA, CAPITAL_A, CAPITAL_Z, SMALL] = [0x2d, 0x2c, 0x41, 0x5a, 0x20];
const [LONGEST_NUMBER, LONGEST_SITE, IS_NO_KEY] = [15, 256, -1] as const;

const USER_NAMES = [Buffer.from('user'), Buffer.from('username')] as const;
const SESSION_NAMES = [Buffer.from('session'), Buffer.from('phpsessid')] as const;
const [ID_NAME, US_NAME, SITE_NAME] = [Buffer.from('id'), Buffer.from('us'), Buffer.from('site')] as const;

const TEXTS = [
  { key: USER, name: Buffer.from('"username":"') },
  { key: SESSION, name: Buffer.from('"session":"') },
  { key: ID, name: Buffer.from('"request_id":"') },
] as const;
const DURATION = Buffer.from('"duration_us":');

/** What a byte means in a tail. */
const [PLAIN, EQUALS, END, BACKSLASH, ENCODED, UNPRINTABLE] = [0, 1, 2, 3, 4, 5];
const KINDS = new Uint8Array(256).map((_, byte) => (byte < SPACE || byte > TILDE ? UNPRINTABLE : PLAIN));
for (const [text, kind] of [
  ['=', EQUALS],
  [';', END],
  ['"', END],
  ['\\', BACKSLASH],
  ['%', ENCODED],
] as const) {
  KINDS[text.charCodeAt(0)] = kind;
}

/** Holds one line's tail at a time: `scan` finds its values, `write` prints them. */
export class FastTail {
  /** Where the value of each key starts and ends; its end is 0 if there is none. */
  readonly #starts = new Int32Array(5);
  readonly #ends = new Int32Array(5);
  /** Whether a value holds a `%` or a backslash. */
  readonly #isEncoded = [false, false, false, false, false];

  /** The host that the visitor asked for, lower-cased, in `siteLength` bytes. */
  readonly site = toWords(Buffer.alloc(LONGEST_SITE));
  siteLength = 0;

  clear(): void {
    this.siteLength = 0;
    for (let key = USER; key <= SITE; key++) this.#ends[key] = 0;
  }

  /**
   * @param from after the agent's closing quote.
   * @returns false if the line needs the simple transform.
   */
  scan(input: Buffer, from: number, end: number): boolean {
    this.clear();
    if (input[from] !== SPACE || input[from + 1] !== QUOTE) return false;
    for (let at = from + 2; ; ) {
      const pairEnd = this.#scanPair(input, at, end);
      if (pairEnd === -1) return false;
      at = pairEnd + 1;
      if (input[pairEnd] !== QUOTE) continue;
      if (at === end) return this.#keepSite(input);
      // Pairs may be spread over several items.
      if (input[at] !== SPACE || input[at + 1] !== QUOTE) return false;
      at += 2;
    }
  }

  /** @returns where the pair ends: at a semicolon or the item's closing quote; -1 if the simple transform is needed. */
  #scanPair(input: Buffer, start: number, end: number): number {
    let equals = -1;
    let isEncoded = false;
    for (let at = start; at < end; at++) {
      const kind = KINDS[input[at] as number];
      if (kind === PLAIN) continue;
      if (kind === EQUALS) {
        if (equals === -1) equals = at;
      } else if (kind === END) {
        if (equals !== -1) this.#keep(input, start, equals, at, isEncoded);
        return at;
      } else if (kind === UNPRINTABLE) {
        return -1;
      } else {
        isEncoded = true;
        // An escaped quote does not end the item.
        if (kind === BACKSLASH && ESCAPED.has(input[at + 1] as number)) at++;
      }
    }
    return -1;
  }

  /** The first of two equal keys counts. */
  #keep(input: Buffer, start: number, equals: number, end: number, isEncoded: boolean): void {
    const key = keyOf(input, skipSpaces(input, start, equals), trimSpaces(input, start, equals));
    if (key === IS_NO_KEY || this.#ends[key] !== 0) return;
    this.#ends[key] = trimSpaces(input, equals + 1, end);
    this.#starts[key] = skipSpaces(input, equals + 1, this.#ends[key] as number);
    this.#isEncoded[key] = isEncoded;
  }

  /** @returns false if the simple transform is needed. */
  #keepSite(input: Buffer): boolean {
    const start = this.#starts[SITE] as number;
    const length = this.#ends[SITE] === 0 ? 0 : (this.#ends[SITE] as number) - start;
    if (length > LONGEST_SITE || (length > 0 && this.#isEncoded[SITE])) return false;
    this.siteLength = isDash(input, start, length) ? 0 : length;
    for (let at = 0; at < length; at++) {
      const byte = input[start + at] as number;
      this.site.bytes[at] = byte >= CAPITAL_A && byte <= CAPITAL_Z ? byte | SMALL : byte;
    }
    return true;
  }

  /** @param output with space for three times the tail and the names. @returns the offset after what was written. */
  write(input: Buffer, output: ByteWords, from: number): number {
    const { bytes } = output;
    let to = from;
    for (const { key, name } of TEXTS) {
      const start = this.#starts[key] as number;
      const end = this.#ends[key] as number;
      if (end === 0 || start === end || isDash(input, start, end - start)) continue;
      to = copyBytes(name, output, to);
      if (this.#isEncoded[key]) to += bytes.write(encodedValue(input, start, end), to);
      else for (let at = start; at < end; at++) bytes[to++] = input[at] as number;
      bytes[to++] = QUOTE;
      bytes[to++] = COMMA;
    }
    return this.#writeDuration(input, output, to);
  }

  #writeDuration(input: Buffer, output: ByteWords, from: number): number {
    const end = this.#ends[US] as number;
    let start = this.#starts[US] as number;
    if (end === 0 || start === end || end - start > LONGEST_NUMBER) return from;
    for (let at = start; at < end; at++) if ((input[at] as number) < ZERO || (input[at] as number) > NINE) return from;
    while (start < end - 1 && input[start] === ZERO) start++;
    let to = copyBytes(DURATION, output, from);
    for (let at = start; at < end; at++) output.bytes[to++] = input[at] as number;
    output.bytes[to++] = COMMA;
    return to;
  }
}

function encodedValue(input: Buffer, start: number, end: number): string {
  return JSON.stringify(unescapeEncodedItem(input.toString('latin1', start, end))).slice(1, -1);
}

function keyOf(input: Buffer, start: number, end: number): number {
  switch (end - start) {
    case 2:
      return isName(input, start, US_NAME) ? US : isName(input, start, ID_NAME) ? ID : IS_NO_KEY;
    case 4:
      return isName(input, start, USER_NAMES[0]) ? USER : isName(input, start, SITE_NAME) ? SITE : IS_NO_KEY;
    case 7:
      return isName(input, start, SESSION_NAMES[0]) ? SESSION : IS_NO_KEY;
    case 8:
      return isName(input, start, USER_NAMES[1]) ? USER : IS_NO_KEY;
    case 9:
      return isName(input, start, SESSION_NAMES[1]) ? SESSION : IS_NO_KEY;
    default:
      return IS_NO_KEY;
  }
}

/** Ignores case. The name is letters only: setting the bit for lower case turns no other byte into a letter. */
function isName(input: Buffer, start: number, name: Uint8Array): boolean {
  for (let at = 0; at < name.length; at++) if (((input[start + at] as number) | SMALL) !== name[at]) return false;
  return true;
}

function skipSpaces(input: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && input[at] === SPACE) at++;
  return at;
}

function trimSpaces(input: Buffer, from: number, to: number): number {
  let end = to;
  while (end > from && input[end - 1] === SPACE) end--;
  return end;
}

function isDash(input: Buffer, start: number, length: number): boolean {
  return length === 1 && input[start] === DASH;
}

/** Prints the time of a line, `[10/Oct/2026:13:55:36 +1000] "`, as the event's JSON. */
import { type ByteWords, toWords } from './byte-words';
import { parseLogTime } from './log-time';
import { FALLBACK, HASH_START, hashOn, type MadePiece, type PieceCache } from './piece-cache';

const [SPACE, QUOTE, ZERO, FIVE, NINE, COLON, CLOSE] = [0x20, 0x22, 0x30, 0x35, 0x39, 0x3a, 0x5d];

/** Offsets of a time's parts. */
const MINUTE = 'dd/Mon/yyyy:hh:'.length;
const SECOND = MINUTE + 'mm:'.length;
const ZONE = SECOND + 'ss'.length;
const END = ZONE + ' +0000'.length;

/** Holds one line's time at a time: `scan` finds it, `write` prints it. */
export class FastTime {
  /** After the opening bracket. */
  start = 0;
  readonly #hours: PieceCache;
  #hour = FALLBACK;
  /** The line's time, its digits between `#from` and the zone set to zero. */
  readonly #key = toWords(Buffer.alloc(END));
  #keyLength = 0;
  /**
   * Where the part that is not cached starts. With a whole-hour offset the minute is the same in UTC, so only the hour is cached;
   * otherwise hour and minute are.
   */
  #from = MINUTE;

  /** @param hours a cache that makes its pieces with `makeHour` and is used by nothing else. */
  constructor(hours: PieceCache) {
    this.#hours = hours;
  }

  /** @returns where the request starts, after `] "`; -1 if this is not a time or needs the simple transform. */
  scan(input: Buffer, start: number): number {
    const length = input[start + END] === CLOSE ? END : ZONE;
    const close = start + length;
    if (input[close] !== CLOSE || input[close + 1] !== SPACE || input[close + 2] !== QUOTE) return -1;
    if (!isMinuteAndSecond(input, start + MINUTE)) return -1;
    this.start = start;
    const isWholeHour = length === ZONE || (input[close - 2] === ZERO && input[close - 1] === ZERO);
    this.#from = isWholeHour ? MINUTE : SECOND;
    if (!this.#isHourOfLast(input, length)) this.#findHour(input, length);
    return this.#hours.facts(this.#hour) === FALLBACK ? -1 : close + '] "'.length;
  }

  /** @returns the offset after what was written. */
  write(input: Buffer, output: ByteWords, at: number): number {
    const utcMinuteAt = this.#hours.facts(this.#hour);
    const end = this.#hours.copyJson(this.#hour, output, at);
    for (let from = this.#from; from < ZONE; from++) {
      const byte = input[this.start + from] as number;
      output.bytes[at + MINUTE_AT + from - MINUTE] = byte;
      if (utcMinuteAt > 0) output.bytes[at + utcMinuteAt + from - MINUTE] = byte;
    }
    return end;
  }

  /** Lines are in order of time, so the hour is nearly always that of the line before. */
  #isHourOfLast(input: Buffer, length: number): boolean {
    const { bytes } = this.#key;
    if (this.#keyLength !== length) return false;
    for (let at = 0; at < this.#from; at++) if (bytes[at] !== input[this.start + at]) return false;
    for (let at = ZONE; at < length; at++) if (bytes[at] !== input[this.start + at]) return false;
    return true;
  }

  #findHour(input: Buffer, length: number): void {
    const { bytes } = this.#key;
    let hash = HASH_START;
    for (let at = 0; at < length; at++) {
      const isCached = at < this.#from || at >= ZONE || input[this.start + at] === COLON;
      const byte = isCached ? (input[this.start + at] as number) : ZERO;
      bytes[at] = byte;
      hash = hashOn(hash, byte);
    }
    this.#keyLength = length;
    this.#hour = this.#hours.find(this.#key, 0, length, hash);
  }
}

/** `55:36` */
function isMinuteAndSecond(input: Buffer, at: number): boolean {
  return isSixty(input, at) && input[at + 2] === COLON && isSixty(input, at + 3);
}

/** Two digits, `00` to `59`. */
function isSixty(input: Buffer, at: number): boolean {
  const [tens, ones] = [input[at] as number, input[at + 1] as number];
  return tens >= ZERO && tens <= FIVE && ones >= ZERO && ones <= NINE;
}

/** Offsets of `mm:ss` in the JSON. */
const MINUTE_AT = '"@timestamp":"yyyy-mm-ddThh:'.length;
const UTC_MINUTE_AT = '"@timestamp_utc":"yyyy-mm-ddThh:'.length;

/**
 * Makes the fields of a time, whose minute and second are overwritten for each line.
 * The facts are the offset of the minute in `@timestamp_utc`, or 0 without that field.
 */
export function makeHour(time: Buffer): MadePiece | null {
  const { timestamp, utc, timezone } = parseLogTime(time.toString('latin1')) ?? {};
  if (timestamp === undefined) return null;
  const local = `"@timestamp":"${timestamp}",`;
  if (utc === undefined) return { json: Buffer.from(local), facts: 0 };
  const json = Buffer.from(`${local}"@timestamp_utc":"${utc}","timezone":"${timezone}",`);
  return { json, facts: local.length + UTC_MINUTE_AT };
}

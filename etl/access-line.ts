/**
 * Parses one line of Apache's access log: common, combined, or combined with the tail of click/log-format.ts.
 * Pure, and linear in the line's length: no regular expression runs over the whole line.
 */
import { type LogTime, parseLogTime } from './log-time';
import { unescapeEncodedItem, unescapeItem } from './unescape';

/** Why a line isn't an access line. */
export type LineFault = 'shape' | 'timestamp' | 'status';

/** The fields of a line; a field logged as `-` or empty is absent. */
export interface AccessLine {
  readonly host?: string | undefined;
  readonly ident?: string | undefined;
  readonly authuser?: string | undefined;
  readonly time: LogTime;
  readonly request?: string | undefined;
  /** 100 to 599. */
  readonly status: number;
  readonly bytes: number;
  readonly referer?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly tail: Tail;
}

export interface Tail {
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  readonly id?: string | undefined;
  readonly durationUs?: number | undefined;
  /** The host that the visitor asked for, lower-cased. */
  readonly site?: string | undefined;
}

/**
 * Parses one access line.
 *
 * @param line one line, without its newline (a carriage return and spaces at its end are ignored).
 * @returns its fields, unescaped, or what is wrong with it. Never throws: a malformed line is data, to be counted and kept.
 * @see https://httpd.apache.org/docs/2.4/logs.html#combined
 */
export function parseAccessLine(line: string): AccessLine | LineFault {
  const end = trimmedEnd(line);
  const hostEnd = line.indexOf(' ');
  const identEnd = line.indexOf(' ', hostEnd + 1);
  if (hostEnd <= 0 || identEnd <= hostEnd + 1) return 'shape';

  const found = findTime(line, identEnd);
  if (typeof found === 'string') return found;
  const requestStart = found.end + ' "'.length;
  const requestEnd = closingQuote(line, requestStart, end);
  if (requestEnd === -1) return 'shape';

  const numbers = parseNumbers(line, requestEnd + 1, end);
  if (typeof numbers === 'string') return numbers;
  const quoted = parseQuoted(line, numbers.end, end);
  // A line with a referer but no agent was cut off.
  if (quoted === undefined || quoted.length === 1) return 'shape';

  return {
    host: present(line.slice(0, hostEnd)),
    ident: present(line.slice(hostEnd + 1, identEnd)),
    authuser: present(line.slice(identEnd + 1, found.start)),
    time: found.time,
    request: present(line.slice(requestStart, requestEnd)),
    status: numbers.status,
    bytes: numbers.bytes,
    referer: present(quoted[0]),
    userAgent: present(quoted[1]),
    tail: parseTail(quoted.slice(2)),
  };
}

/** The end of the line, before a carriage return and spaces. */
export function trimmedEnd(line: string): number {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\r')) end--;
  return end;
}

const DATE_LENGTH = 'dd/Mon/yyyy:hh:mm:ss +0000'.length;

/** Finds the first bracketed time after a space. The user's name before it may hold spaces and brackets too. */
function findTime(line: string, from: number): { start: number; end: number; time: LogTime } | LineFault {
  let fault: LineFault = 'shape';
  for (let start = line.indexOf(' [', from); start !== -1; start = line.indexOf(' [', start + 1)) {
    fault = 'timestamp';
    const close = line.slice(start, start + DATE_LENGTH + 4).indexOf('] ');
    const end = start + close + 1;
    const time = close === -1 || line[end + 1] !== '"' ? undefined : parseLogTime(line.slice(start + 2, end - 1));
    if (time !== undefined) return { start, end, time };
  }
  return fault;
}

/** @returns the index of the quote that closes an item, or -1. A quote after an odd number of backslashes is part of the item. */
export function closingQuote(line: string, from: number, end: number): number {
  for (let at = line.indexOf('"', from); at !== -1 && at < end; at = line.indexOf('"', at + 1)) {
    let start = at;
    while (start > from && line[start - 1] === '\\') start--;
    if ((at - start) % 2 === 0) return at;
  }
  return -1;
}

const NUMBERS = /^ (\d{3}|-) (\d{1,15}|-)(?= |$)/;

function parseNumbers(
  line: string,
  from: number,
  end: number,
): { status: number; bytes: number; end: number } | LineFault {
  const [whole, status, bytes] = NUMBERS.exec(line.slice(from, Math.min(end, from + 22))) ?? [];
  if (whole === undefined) return 'shape';
  if (!(Number(status) >= 100 && Number(status) <= 599)) return 'status';
  return { status: Number(status), bytes: bytes === '-' ? 0 : Number(bytes), end: from + whole.length };
}

/** @returns the quoted items that follow, still escaped; undefined if anything else is there. */
export function parseQuoted(line: string, from: number, end: number): string[] | undefined {
  const items: string[] = [];
  let at = from;
  while (at < end) {
    const close = line.startsWith(' "', at) ? closingQuote(line, at + 2, end) : -1;
    if (close === -1) return undefined;
    items.push(line.slice(at + 2, close));
    at = close + 1;
  }
  return items;
}

/** @returns the item unescaped; undefined if it is `-`, empty or `""` (Apache's empty user name). */
export function present(item: string | undefined): string | undefined {
  return item === undefined || item === '' || item === '-' || item === '""' ? undefined : unescapeItem(item);
}

const ALIASES: Readonly<Record<string, string>> = { username: 'user', phpsessid: 'session' };

/** The first of two equal keys counts, under either name: what a client can add comes after what the server wrote. */
export function parseTail(items: readonly string[]): Tail {
  const pairs = new Map<string, string>();
  for (const pair of items.join(';').split(';')) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, equals)).trim().toLowerCase();
    const key = ALIASES[name] ?? name;
    if (!pairs.has(key)) pairs.set(key, pair.slice(equals + 1).trim());
  }
  const value = (key: string) => decoded(pairs.get(key));
  const us = pairs.get('us') ?? '';
  return {
    user: value('user'),
    session: value('session'),
    id: value('id'),
    durationUs: /^\d{1,15}$/.test(us) ? Number(us) : undefined,
    site: value('site')?.toLowerCase(),
  };
}

function decoded(value: string | undefined): string | undefined {
  const text = value === undefined || value === '-' ? '' : unescapeEncodedItem(value);
  return text === '' ? undefined : text;
}

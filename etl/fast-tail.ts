/** The tail of a line, ` "user = alice; session = …"`, straight to the event's JSON. */
import { closingQuote } from './access-line';
import { type PrintedTail, printAnyTail } from './fast-fragments';

/** In ASCII, the bytes of a line stand for themselves. */
const ASCII = /^[ -~]*$/;
/** What a value may not hold that is to stand for itself, in the log and in JSON. */
const ODD = /["\\%]/;

/** @param items as `printAnyTail` wants them. */
export function printTail(items: string): PrintedTail | undefined {
  return printPlainTail(items) ?? printAnyTail(items);
}

/** @returns undefined where one of our values is odd. */
function printPlainTail(items: string, isJoined = false): PrintedTail | undefined {
  const end = items.length - 1;
  if (!items.startsWith(' "') || !ASCII.test(items)) return undefined;
  const itemEnd = closingQuote(items, 2, items.length);
  if (itemEnd !== end) {
    // Two items are as two pairs of one; more are odd, and joining them one by one would take the square of the time.
    if (isJoined || itemEnd === -1 || !items.startsWith('" "', itemEnd)) return undefined;
    return printPlainTail(`${items.slice(0, itemEnd)};${items.slice(itemEnd + 3)}`, true);
  }
  let user: string | undefined;
  let session: string | undefined;
  let id: string | undefined;
  let us: string | undefined;
  let site: string | undefined;
  // The first of two equal keys counts.
  for (let at = 2; at < end; ) {
    const semicolon = items.indexOf(';', at);
    const pairEnd = semicolon === -1 ? end : semicolon;
    const equals = items.indexOf('=', at);
    if (equals === -1) break;
    if (equals < pairEnd) {
      switch (trimmed(items, at, equals).toLowerCase()) {
        case 'user':
        case 'username':
          user ??= trimmed(items, equals + 1, pairEnd);
          break;
        case 'session':
        case 'phpsessid':
          session ??= trimmed(items, equals + 1, pairEnd);
          break;
        case 'id':
          id ??= trimmed(items, equals + 1, pairEnd);
          break;
        case 'us':
          us ??= trimmed(items, equals + 1, pairEnd);
          break;
        case 'site':
          site ??= trimmed(items, equals + 1, pairEnd);
      }
    }
    at = pairEnd + 1;
  }
  if (isOdd(user) || isOdd(session) || isOdd(id) || isOdd(site) || site?.includes(' ')) return undefined;
  const json = text('username', user) + text('session', session) + text('request_id', id) + integer('duration_us', us);
  return { json, site: site === undefined || site === '-' ? '' : site.toLowerCase() };
}

function isOdd(value: string | undefined): boolean {
  return value !== undefined && ODD.test(value);
}

function trimmed(items: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && items.charCodeAt(start) === SPACE) start++;
  while (end > start && items.charCodeAt(end - 1) === SPACE) end--;
  return items.slice(start, end);
}

const SPACE = 0x20;

function text(name: string, value: string | undefined): string {
  return value === undefined || value === '' || value === '-' ? '' : `"${name}":"${value}",`;
}

function integer(name: string, value: string | undefined): string {
  return value !== undefined && /^\d{1,15}$/.test(value) ? `"${name}":${Number(value)},` : '';
}

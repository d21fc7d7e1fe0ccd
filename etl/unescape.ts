/** Undoes Apache's escaping of what clients sent (ap_escape_logitem), and percent-encoding. */

/** The character after the backslash, and the byte that the two stand for. */
const SIMPLE: Readonly<Record<number, number>> = Object.fromEntries(
  ['""', '\\\\', 'b\b', 'f\f', 'n\n', 'r\r', 't\t', 'v\v'].map((pair) => [pair.charCodeAt(0), pair.charCodeAt(1)]),
);

/**
 * Undoes `\"`, `\\`, `\t`, `\xhh` … in a logged item and decodes the bytes as UTF-8.
 * Bytes that are not UTF-8 become U+FFFD. A backslash before anything else stays.
 */
export function unescapeItem(item: string): string {
  return item.includes('\\') ? unescapeToBytes(item).toString('utf8') : item;
}

/** As `unescapeItem`, and also decodes `%XX` before the bytes are read as UTF-8. A `%` before anything else stays. */
export function unescapeEncodedItem(item: string): string {
  if (!item.includes('%') && !item.includes('\\')) return item;
  return decodePercent(unescapeToBytes(item)).toString('utf8');
}

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const X = 0x78;

function unescapeToBytes(item: string): Buffer {
  const bytes = Buffer.from(item);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    const next = byte === BACKSLASH ? bytes[at + 1] : undefined;
    const simple = next === undefined ? undefined : SIMPLE[next];
    const hex = next === X ? hexByte(bytes[at + 2], bytes[at + 3]) : -1;
    if (simple !== undefined) at++;
    else if (hex !== -1) at += 3;
    bytes[length++] = simple ?? (hex === -1 ? byte : hex);
  }
  return bytes.subarray(0, length);
}

function decodePercent(bytes: Buffer): Buffer {
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const hex = bytes[at] === PERCENT ? hexByte(bytes[at + 1], bytes[at + 2]) : -1;
    bytes[length++] = hex === -1 ? (bytes[at] as number) : hex;
    if (hex !== -1) at += 2;
  }
  return bytes.subarray(0, length);
}

function hexByte(high: number | undefined, low: number | undefined): number {
  const value = hexDigit(high) * 16 + hexDigit(low);
  return Number.isNaN(value) ? -1 : value;
}

function hexDigit(code = 0): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}

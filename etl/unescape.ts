/** Undoes what Apache's log writer does to what clients sent (ap_escape_logitem), and percent-encoding. */

const SIMPLE: Readonly<Record<string, number>> = {
  '"': 0x22,
  '\\': 0x5c,
  b: 0x08,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  v: 0x0b,
};

/**
 * The text that a logged item stands for: `\"`, `\\`, `\t`, `\xhh` … undone and the bytes read as UTF-8.
 * Bytes that are not UTF-8 become U+FFFD; a backslash before anything else stays.
 */
export function unescapeItem(item: string): string {
  return item.includes('\\') ? unescapeToBytes(item).toString('utf8') : item;
}

/** As `unescapeItem`, then `%XX` decoded, before the bytes are read as UTF-8. A `%` before anything else stays. */
export function unescapeEncodedItem(item: string): string {
  if (!item.includes('%')) return unescapeItem(item);
  return decodePercent(unescapeToBytes(item)).toString('utf8');
}

function unescapeToBytes(item: string): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = item.indexOf('\\'); at !== -1; at = item.indexOf('\\', from)) {
    const simple = SIMPLE[item.charAt(at + 1)];
    const hex = item.charAt(at + 1) === 'x' ? hexByte(item.charCodeAt(at + 2), item.charCodeAt(at + 3)) : -1;
    if (simple === undefined && hex === -1) {
      parts.push(Buffer.from(item.slice(from, at + 1)));
      from = at + 1;
    } else {
      parts.push(Buffer.from(item.slice(from, at)), Buffer.of(simple ?? hex));
      from = at + (simple === undefined ? 4 : 2);
    }
  }
  parts.push(Buffer.from(item.slice(from)));
  return Buffer.concat(parts);
}

const PERCENT = 0x25;

function decodePercent(bytes: Buffer): Buffer {
  const decoded = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const hex = bytes[at] === PERCENT ? hexByte(bytes[at + 1], bytes[at + 2]) : -1;
    decoded[length++] = hex === -1 ? (bytes[at] as number) : hex;
    if (hex !== -1) at += 2;
  }
  return decoded.subarray(0, length);
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

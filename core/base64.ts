/** Strict base64 with padding (RFC 4648, section 4) at the speed of Node's decoder, which by itself accepts any text. */

/** How many bytes a text decodes to if it is base64; -1 if its length shows that it is not. */
export function decodedLength(text: string): number {
  if (text.length % 4 !== 0) return -1;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}

/** Decodes into `target`, which must be large enough. @returns the number of bytes, or -1 if the text is not base64. */
export function writeBase64(text: string, target: Buffer, at: number): number {
  const length = decodedLength(text);
  if (length <= 0) return length;
  // The decoder skips characters outside the alphabet, so fewer bytes come out; but it also accepts the URL alphabet.
  if (target.write(text, at, length, 'base64') !== length || text.includes('-') || text.includes('_')) return -1;
  return length;
}

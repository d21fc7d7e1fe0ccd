/** The number of first bytes that `isGzip` needs. */
export const GZIP_MAGIC_BYTES = 2;

/** Whether a file that starts with these bytes is gzip (RFC 1952), whatever its name says. */
export function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

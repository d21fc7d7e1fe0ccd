/** How a file is packed, by its first bytes and never by its name. Gzip is unpacked here; for the others there is a command. */

/** The number of first bytes that `isGzip` needs. */
export const GZIP_MAGIC_BYTES = 2;

/** Whether a file that starts with these bytes is gzip (RFC 1952), whatever its name says. */
export function isGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

/** A packing that is not unpacked here. */
export type OtherPacking = 'xz' | 'bzip2' | 'zstd' | 'lz4' | 'zip' | '7z' | 'tar';

interface Signature {
  readonly packing: OtherPacking;
  /** Offset of the bytes that tell it. @default 0 */
  readonly at?: number;
  readonly hex: string;
}

const SIGNATURES: readonly Signature[] = [
  { packing: 'xz', hex: 'fd377a585a00' },
  // After `BZh` and a digit: the beginning of a block, or the end of an empty file.
  { packing: 'bzip2', at: 4, hex: '314159265359' },
  { packing: 'bzip2', at: 4, hex: '177245385090' },
  { packing: 'zstd', hex: '28b52ffd' },
  { packing: 'lz4', hex: '04224d18' },
  { packing: 'zip', hex: '504b0304' },
  { packing: 'zip', hex: '504b0506' },
  { packing: '7z', hex: '377abcaf271c' },
  { packing: 'tar', at: 257, hex: Buffer.from('ustar').toString('hex') },
];

/** Each writes what is in a file to standard output. */
const COMMANDS: Readonly<Record<OtherPacking, string>> = {
  xz: 'xz -dc',
  bzip2: 'bzip2 -dc',
  zstd: 'zstd -dc',
  lz4: 'lz4 -dc',
  zip: 'unzip -p',
  '7z': '7z x -so',
  tar: 'tar -xOf',
};

/** The number of first bytes that `otherPackingOf` needs, where the file is that long. */
export const PACKING_MAGIC_BYTES = 262;

/** @returns how a file that starts with these bytes is packed; undefined for gzip and for what is not packed. */
export function otherPackingOf(start: Uint8Array): OtherPacking | undefined {
  const hex = Buffer.from(start.subarray(0, PACKING_MAGIC_BYTES)).toString('hex');
  return SIGNATURES.find((signature) => hex.startsWith(signature.hex, 2 * (signature.at ?? 0)))?.packing;
}

/** The command that writes what is in the file to standard output: `xz -dc access.log.1.xz`. */
export function unpackCommand(packing: OtherPacking, file: string): string {
  const word = /^[\p{L}\p{N}@%+=:,./_-]+$/u.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
  return `${COMMANDS[packing]} ${word}`;
}

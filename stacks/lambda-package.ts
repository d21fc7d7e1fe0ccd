/** A zip of one file that is the same, byte for byte, wherever and whenever it is made: so an unchanged function has an empty plan. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { reasonOf, ToolkitError } from '../core/errors';

export interface LambdaPackage {
  /** Of the zip. */
  readonly path: string;
  /** SHA-256 of the zip in base64, as Lambda computes it. */
  readonly hash: string;
}

/**
 * Zips a built bundle beside itself.
 *
 * @throws ToolkitError BUNDLE_MISSING if it was not built.
 */
export function packLambda(bundle: string): LambdaPackage {
  let code: Buffer;
  try {
    code = readFileSync(bundle);
  } catch (error) {
    throw new ToolkitError(
      'BUNDLE_MISSING',
      `The transform function's bundle ${bundle} cannot be read: ${reasonOf(error)}.`,
      'Build it with `npm run build`.',
      { cause: error },
    );
  }
  const zip = zipOf(basename(bundle), code);
  const path = join(dirname(bundle), 'function.zip');
  mkdirSync(dirname(path), { recursive: true });
  // Two synths at once write the same bytes; neither may read half of them.
  const half = `${path}.${process.pid}`;
  writeFileSync(half, zip);
  renameSync(half, path);
  return { path, hash: createHash('sha256').update(zip).digest('base64') };
}

/** 1980-01-01, the first day that a zip can name. */
const DOS_DATE = 0x0021;
const VERSION = 10;
/** Made on Unix, for the mode to count: a file that everyone may read, since Lambda does not run as its owner. */
const MADE_BY = (3 << 8) | VERSION;
const MODE = 0o100644 * 2 ** 16;

/**
 * PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16. The file is stored, not deflated: zlib's output depends on the processor, and
 * a bundle of 50 kB needs no packing.
 */
function zipOf(name: string, content: Buffer): Buffer {
  const file = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(VERSION, 0);
  common.writeUInt16LE(DOS_DATE, 8);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(file.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, file, content]);

  const entryTail = Buffer.alloc(14);
  entryTail.writeUInt32LE(MODE, 6);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02'), uint16(MADE_BY), common, entryTail, file]);

  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(entry.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, entry, Buffer.from('PK\x05\x06'), end]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

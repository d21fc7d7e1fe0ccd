/** A zip of one file that is the same, byte for byte, wherever and whenever it is made, so an unchanged function has an empty plan. */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ZipOptions, zipSync } from 'fflate';
import { reasonOf, ToolkitError } from '../core/errors';

export interface LambdaPackage {
  /** Path of the zip. */
  readonly path: string;
  /** SHA-256 of the zip in base64, as Lambda computes it. */
  readonly hash: string;
}

const ENTRY: ZipOptions = {
  // Stored, not deflated: a bundle of 50 kB needs no packing, and its bytes then depend on no compressor's version.
  level: 0,
  // The first day that a zip can name. A zip holds local time, so this is the same in every time zone.
  mtime: new Date(1980, 0, 1),
  // Made on Unix, so that the mode counts: a file that everyone may read, since Lambda does not run as its owner.
  os: 3,
  attrs: 0o100644 << 16,
};

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
  const zip = zipSync({ [basename(bundle)]: [code, ENTRY] });
  const path = join(dirname(bundle), 'function.zip');
  // Two synths at once write the same bytes; neither may read half of them.
  const half = `${path}.${process.pid}`;
  writeFileSync(half, zip);
  renameSync(half, path);
  return { path, hash: createHash('sha256').update(zip).digest('base64') };
}

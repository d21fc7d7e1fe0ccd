import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package's package.json, from the sources and from `dist/` alike. */
export const packageRoot = findRoot(__dirname);

/** A built file (a worker, the page, the Lambda bundle): `dist/` has it whether the caller runs from there or from the sources. */
export function builtFile(...path: readonly string[]): string {
  return join(packageRoot, 'dist', ...path);
}

function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package's package.json, from the sources and from `dist/` alike. */
export const packageRoot = findRoot(__dirname);

/** A built file (a worker, the page, the Lambda bundle): `dist/` has it whether the caller runs from there or from the sources. */
export function builtFile(...path: readonly string[]): string {
  return join(packageRoot, 'dist', ...path);
}

/** A bundle that runs alone has no package around it, and asks for no built file: there the root of the file system will do. */
function findRoot(folder: string): string {
  const parent = dirname(folder);
  return parent === folder || existsSync(join(folder, 'package.json')) ? folder : findRoot(parent);
}

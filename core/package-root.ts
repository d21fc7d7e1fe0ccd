import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package's package.json, from the sources and from `dist/` alike. */
export const packageRoot = findRoot(__dirname);

/** A built file (a worker, the page, the Lambda bundle): it is in `dist/` whether the caller runs from there or from the sources. */
export function builtFile(...path: readonly string[]): string {
  return join(packageRoot, 'dist', ...path);
}

/** The built file that a thread runs. @throws Error if it is not there: nothing works without it, so it is checked early. */
export function workerFile(...path: readonly string[]): string {
  const file = builtFile(...path);
  if (!existsSync(file)) throw new Error(`${file} is missing. Run \`npm run build\`.`);
  return file;
}

/** A bundle that runs alone has no package around it and needs no built file: the root of the file system will do. */
function findRoot(folder: string): string {
  const parent = dirname(folder);
  return parent === folder || existsSync(join(folder, 'package.json')) ? folder : findRoot(parent);
}

/** Before all tests: many of them run the built files in `dist/`. */
import { existsSync, statSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { builtFile, packageRoot } from '../../core/package-root';

declare global {
  var buildChecked: true | undefined;
}

/** Throws without a build, and warns once if a source is newer than the build. Set up for each jest project, since any can run alone. */
export default function requireBuild(): void {
  if (globalThis.buildChecked) return;
  globalThis.buildChecked = true;
  const built = builtFile('cli.js');
  if (!existsSync(built)) throw withoutStack('There is no build in dist/. Run npm run build, then jest again.');
  const newer = newerThan(statSync(built).mtimeMs);
  if (newer !== undefined)
    process.stderr.write(`dist/ is older than ${newer}: run npm run build to test what you see.\n`);
}

function newerThan(builtMs: number): string | undefined {
  const ignore = ['**/node_modules', 'dist', '__tests__', 'cdktf.out', 'docs'];
  const sources = globSync('**/*.{ts,mjs,html,css,svg,php,sh,conf}', { cwd: packageRoot, ignore });
  return sources.find((file) => statSync(`${packageRoot}/${file}`).mtimeMs > builtMs);
}

/** Jest prints the stack of what its set-up throws, and the way here helps nobody. */
function withoutStack(message: string): Error {
  const error = new Error(message);
  error.stack = message;
  return error;
}

// What cdktf.json runs: builds the bundles of the function, the load task and main.ts, then runs main.ts. Bundling takes a tenth of a second.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleInto, bundleLambda, bundleLoadTask } from './bundle.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await Promise.all([
  bundleLambda(),
  bundleLoadTask(),
  bundleInto('dist/main.js', { entryPoints: ['main.ts'], packages: 'external', target: 'node20', sourcemap: 'inline' }),
]);
// Under CDKTF's command, that command says what was made.
if (process.env.npm_lifecycle_event === 'synth') process.once('beforeExit', sayWhatIsMade);
await import(pathToFileURL('dist/main.js').href);

function sayWhatIsMade() {
  if (process.exitCode) return;
  const folder = process.env.CDKTF_OUTDIR ?? 'cdktf.out';
  const stacks = Object.keys(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).stacks).sort();
  process.stderr.write(
    `${stacks.length} ${stacks.length === 1 ? 'stack' : 'stacks'} in ${folder}: ${stacks.join(', ')}\n` +
      '→ `npm run deploy -- plan` shows what a deploy would do, `npm run deploy -- deploy` does it.\n',
  );
}

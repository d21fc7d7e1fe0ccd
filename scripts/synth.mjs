// What cdktf.json runs: builds the function's bundle and the infrastructure's own program, then runs that. Both take a tenth of a second.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleInto, bundleLambda } from './bundle.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await Promise.all([
  bundleLambda(),
  bundleInto('dist/main.js', { entryPoints: ['main.ts'], packages: 'external', target: 'node20', sourcemap: 'inline' }),
]);
await import(pathToFileURL('dist/main.js').href);

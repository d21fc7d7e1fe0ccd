// What cdktf.json runs: builds the function's bundle, the load task's and the infrastructure's own program, then runs that. All take a tenth of a second.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleInto, bundleLambda, bundleLoadTask } from './bundle.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await Promise.all([
  bundleLambda(),
  bundleLoadTask(),
  bundleInto('dist/main.js', { entryPoints: ['main.ts'], packages: 'external', target: 'node20', sourcemap: 'inline' }),
]);
await import(pathToFileURL('dist/main.js').href);

// What cdktf.json runs: bundles the function, the load task and the infrastructure's program in a tenth of a second, then runs the latter.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleInto, bundleLambda, bundleLoadTask } from './bundle.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await Promise.all([
  bundleLambda(),
  bundleLoadTask(),
  bundleInto('dist/main.js', { entryPoints: ['main.ts'], packages: 'external', target: 'node20', sourcemap: 'inline' }),
]);
await import(pathToFileURL('dist/main.js').href);

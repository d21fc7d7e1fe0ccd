// Builds dist/: the package's JavaScript, the Lambda function's bundle, the load task's and the local page.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { bundleLambda, bundleLoadTask, bundleTraffic } from './bundle.mjs';

rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
for (const bin of ['dist/cli.js', 'dist/traffic/cli.js']) chmodSync(bin, 0o755);

await Promise.all([bundleLambda(), bundleLoadTask(), bundleTraffic()]);
await build({
  entryPoints: ['page/browser/page.ts'],
  outdir: 'dist/page/browser',
  bundle: true,
  minify: true,
  target: 'es2022',
});
for (const file of ['index.html', 'page.css', 'icon.svg']) cpSync(`page/browser/${file}`, `dist/page/browser/${file}`);
cpSync('site/wordpress', 'dist/site/wordpress', { recursive: true });

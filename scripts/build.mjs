// Makes dist/: the package's JavaScript, the Lambda function's bundle and the local page.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
for (const bin of ['dist/cli.js', 'dist/traffic/cli.js']) chmodSync(bin, 0o755);

// One file with no dependency at run time: what AWS Lambda runs, and what the local delivery stream calls.
await build({
  entryPoints: { 'lambda/index': 'etl/lambda.ts' },
  outdir: 'dist',
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
});
await build({
  entryPoints: ['local/web/page/page.ts'],
  outdir: 'dist/local/web/page',
  bundle: true,
  minify: true,
  target: 'es2022',
});
for (const file of ['index.html', 'page.css', 'icon.svg'])
  cpSync(`local/web/page/${file}`, `dist/local/web/page/${file}`);

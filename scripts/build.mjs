// Builds dist/: the package's JavaScript, the Lambda function's bundle, the load task's and the local page.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { bundleLambda, bundleLoadTask, bundleTraffic, bundleZod } from './bundle.mjs';

rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
for (const bin of ['dist/cli.js', 'dist/traffic/cli.js']) chmodSync(bin, 0o755);

await Promise.all([bundleLambda(), bundleLoadTask(), bundleTraffic(), bundleZod()]);
await build({
  entryPoints: ['page/browser/page.ts'],
  outdir: 'dist/page/browser',
  bundle: true,
  minify: true,
  target: 'es2022',
});
for (const file of ['index.html', 'page.css', 'icon.svg']) cpSync(`page/browser/${file}`, `dist/page/browser/${file}`);
cpSync('site/wordpress', 'dist/site/wordpress', { recursive: true });
writeOutlines();

/** What --help and the completion show, so that they need not load the commands. */
function writeOutlines() {
  const require = createRequire(import.meta.url);
  const { clickstreamy } = require('../dist/commands.js');
  const { OUTLINES_FILE, outlineTree } = require('../dist/core/command/outline.js');
  const outline = outlineTree(clickstreamy);
  const outlines = { clickstreamy: outline, traffic: outline.commands.traffic.outline };
  writeFileSync(`dist/${OUTLINES_FILE}`, JSON.stringify(outlines));
}

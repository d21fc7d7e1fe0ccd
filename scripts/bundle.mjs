// Bundles of one file each; the first is what AWS Lambda runs and what the local delivery stream calls, with no dependency at run time.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';

export function bundleLambda() {
  return bundleInto('dist/lambda/index.js', {
    entryPoints: ['etl/lambda.ts'],
    minify: true,
    target: 'node20',
  });
}

/** What a container of Node's public image begins with: small, since it is part of a task definition. */
export function bundleLoadTask() {
  return bundleInto('dist/load/task.js', { entryPoints: ['traffic/load/task.ts'], minify: true, target: 'node22' });
}

/** `traffic` in one file, for such a container: it drives a site by HTTP, so the AWS SDK, loaded for other outputs only, stays out. */
export function bundleTraffic() {
  return bundleInto('dist/load/traffic.js', {
    entryPoints: ['traffic/cli.ts'],
    minify: true,
    target: 'node22',
    external: ['@aws-sdk/*', '@smithy/*'],
  });
}

/** Writes the file at once: others may run what stands there now. */
export async function bundleInto(file, options) {
  const { outputFiles } = await build({ bundle: true, platform: 'node', format: 'cjs', write: false, ...options });
  mkdirSync(dirname(file), { recursive: true });
  const half = `${file}.${process.pid}`;
  writeFileSync(half, outputFiles[0].contents);
  renameSync(half, file);
}

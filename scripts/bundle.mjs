// Bundles of one file each, without dependencies at run time.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';

/** What AWS Lambda runs and the local delivery stream calls. */
export function bundleLambda() {
  return bundleInto('dist/lambda/index.js', {
    entryPoints: ['etl/lambda.ts'],
    minify: true,
    target: 'node20',
  });
}

/** What a load task starts with, in a container of Node's public image. Small, since it is part of the task definition. */
export function bundleLoadTask() {
  return bundleInto('dist/load/task.js', { entryPoints: ['traffic/load/task.ts'], minify: true, target: 'node22' });
}

/** `traffic` in one file, for such a container. It sends HTTP only, so the AWS SDK, which other outputs load, stays out. */
export function bundleTraffic() {
  return bundleInto('dist/load/traffic.js', {
    entryPoints: ['traffic/cli.ts'],
    minify: true,
    target: 'node22',
    external: ['@aws-sdk/*', '@smithy/*'],
  });
}

/** Replaces the file in one step, since others may be running the old one. */
export async function bundleInto(file, options) {
  const { outputFiles } = await build({ bundle: true, platform: 'node', format: 'cjs', write: false, ...options });
  mkdirSync(dirname(file), { recursive: true });
  const half = `${file}.${process.pid}`;
  writeFileSync(half, outputFiles[0].contents);
  renameSync(half, file);
}

// Bundles of one file each, without dependencies at run time.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { build } from 'esbuild';
import { globSync } from 'tinyglobby';

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
    plugins: [withoutLocales],
  });
}

/**
 * zod in one file, in the place of 95: they take 100 ms to load, which every command waits for. Nobody reads its messages in other
 * languages (core/parse.ts has this project's), so its locales stay out, here and in `traffic`'s bundle.
 */
export async function bundleZod() {
  await bundleInto('dist/zod.js', {
    entryPoints: ['zod'],
    minify: true,
    target: 'node20',
    plugins: [withoutLocales],
    banner: { js: `/*! zod\n${readFileSync('node_modules/zod/LICENSE', 'utf8')}*/` },
  });
  for (const file of globSync('dist/**/*.js', { ignore: ['dist/zod.js', 'dist/lambda/**', 'dist/load/**'] })) {
    const path = relative(dirname(file), 'dist/zod.js');
    const script = readFileSync(file, 'utf8');
    const changed = script.replace('require("zod")', `require("${path.startsWith('.') ? path : `./${path}`}")`);
    if (changed !== script) writeFileSync(file, changed);
  }
}

const withoutLocales = {
  name: 'zod without locales',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: '' }));
  },
};

/** Replaces the file in one step, since others may be running the old one. */
export async function bundleInto(file, options) {
  const { outputFiles } = await build({ bundle: true, platform: 'node', format: 'cjs', write: false, ...options });
  mkdirSync(dirname(file), { recursive: true });
  const half = `${file}.${process.pid}`;
  writeFileSync(half, outputFiles[0].contents);
  renameSync(half, file);
}

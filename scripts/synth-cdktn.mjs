// Proves that the app can move to cdktn, the maintained fork of CDKTF: synthesizes both presets with both, and compares the resources.
// The fork is installed into a temporary folder; nothing in the project changes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleInto, bundleLambda, bundleLoadTask } from './bundle.mjs';

const FORK = { cdktn: '0.24.0', '@cdktn/provider-aws': '25.7.0', constructs: '10.6.0' };
/** The whole move: these names in stacks/cdktf.ts and stacks/aws.ts. */
const RENAMED = [
  [/^cdktf$/, 'cdktn'],
  [/^@cdktf\/provider-aws\//, '@cdktn/provider-aws/'],
];

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const folder = mkdtempSync(join(tmpdir(), 'clickstreamy-cdktn-'));
try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: FORK }));
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
  const app = { entryPoints: ['main.ts'], target: 'node20' };
  await Promise.all([
    bundleLambda(),
    bundleLoadTask(),
    bundleInto('dist/main.js', { ...app, packages: 'external' }),
    // Beside the other, so that it finds the package's root. Its imports from the fork are full paths.
    bundleInto('dist/main-cdktn.js', { ...app, plugins: [fork(folder)] }),
  ]);
  let same = true;
  for (const preset of ['workshop', 'production']) {
    const [ours, forks] = ['main.js', 'main-cdktn.js'].map((main) => new Map(resourcesOf(preset, join('dist', main))));
    const names = [...new Set([...ours.keys(), ...forks.keys()])];
    const differing = names.filter((name) => ours.get(name) !== forks.get(name));
    same &&= differing.length === 0;
    const comparison = differing.length === 0 ? 'the same on both' : `differing: ${differing.join(', ')}`;
    process.stdout.write(`${preset}: ${ours.size} resources on cdktf, ${forks.size} on cdktn; ${comparison}\n`);
  }
  process.exitCode = same ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync('dist/main-cdktn.js', { force: true });
}

function fork(folder) {
  const { resolve } = createRequire(join(folder, 'package.json'));
  return {
    name: 'cdktn',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === 'entry-point') return undefined;
        const renamed = RENAMED.reduce((name, [from, to]) => name.replace(from, to), path);
        return { path: renamed === path && path !== 'constructs' ? path : resolve(renamed), external: true };
      });
    },
  };
}

/** A resource without its `//` note, which names the package that made it. */
function toComparable({ '//': _, ...body }) {
  return JSON.stringify(body, (_, value) => (value === null ? undefined : value));
}

/** Every resource of a preset by `stack/type.name`, as this program synthesizes it. */
function resourcesOf(preset, main) {
  const out = join(folder, `${preset}-${main.replace(/\W/g, '')}`);
  mkdirSync(out);
  const env = {
    ...process.env,
    CDKTF_OUTDIR: out,
    CDKTN_OUTDIR: out,
    CLICKSTREAMY_CONFIG: `config/${preset}.json`,
    CLICKSTREAMY_WEBSITE_VISITORS: '198.51.100.7',
    ...(preset === 'workshop' ? { CLICKSTREAMY_SEARCH_ACCESS_FROM: '198.51.100.7' } : {}),
  };
  execFileSync(process.execPath, [main], { env, stdio: ['ignore', 'inherit', 'pipe'] });
  return readdirSync(join(out, 'stacks')).flatMap((stack) => {
    const { resource } = JSON.parse(readFileSync(join(out, 'stacks', stack, 'cdk.tf.json'), 'utf8'));
    return Object.entries(resource).flatMap(([type, named]) =>
      Object.entries(named).map(([name, body]) => [`${stack}/${type}.${name}`, toComparable(body)]),
    );
  });
}

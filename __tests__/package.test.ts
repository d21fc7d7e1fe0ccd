import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { packageRoot } from '../core/package-root';

/** Folders that stay in the repository: they deploy, measure or test, and are run from a clone. */
const LEFT_OUT = ['__tests__', 'bench', 'config', 'scripts', 'stacks', 'main.ts', 'dist', 'node_modules'];
const SOURCES = globSync(['**/*.ts', '!**/*.d.ts'], {
  cwd: packageRoot,
  ignore: [...LEFT_OUT, 'page/browser', '**/node_modules'].map((path) => (path.includes('.') ? path : `${path}/**`)),
});
const PATH = /\b(?:docs|examples|config|kibana\/objects)\/[\w.-]+\.(?:md|json|ndjson|yml)\b/g;

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

function pack(...args: readonly string[]): Packed {
  const reply = execFileSync('npm', ['pack', '--json', '--ignore-scripts', ...args], {
    cwd: packageRoot,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [packed] = Object.values<Packed>(JSON.parse(reply));
  if (packed === undefined) throw new Error('npm packed nothing');
  return packed;
}

describe('the package', () => {
  let folder: string;
  let files: ReadonlySet<string>;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'clickstreamy-package-'));
    const { filename, files: packed } = pack('--pack-destination', folder);
    files = new Set(packed.map(({ path }) => path));
    execFileSync('tar', ['-xzf', filename], { cwd: folder });
    // The dependencies as they are installed here, where npm would put them.
    symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (bin: string, args: readonly string[], input = '') =>
    execFileSync(process.execPath, [join(folder, 'package', bin), ...args], {
      cwd: folder,
      encoding: 'utf8',
      input,
      stdio: ['pipe', 'pipe', 'ignore'],
    });

  it('holds every file that a message or a comment of its programs points to', () => {
    const named = new Set(SOURCES.flatMap((file) => readFileSync(join(packageRoot, file), 'utf8').match(PATH) ?? []));

    expect(named).toContain('docs/traffic.md');
    expect([...named].filter((path) => !files.has(path))).toEqual([]);
  });

  it('holds no types, source maps or programs that only a clone can run', () => {
    const unwanted = [...files].filter((path) => /\.d\.ts$|\.map$|^dist\/(?:bench|scripts|stacks|config)\//.test(path));

    expect(unwanted).toEqual([]);
  });

  it('depends on all packages that its modules load, and on no other', () => {
    const { dependencies } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
    // Without the bundles, and without what synth and settings put beside cli.js, which the build before a release removes.
    const modules = /^dist\/(?:cli\.js|commands\.js|(?!load\/|lambda\/|page\/browser\/)[\w-]+\/.*\.js)$/;
    const scripts = [...files].filter((path) => modules.test(path));
    const loaded = scripts.flatMap((path) => {
      const script = readFileSync(join(folder, 'package', path), 'utf8');
      return [...script.matchAll(/(?:require|import)\(['"]((?:@[\w-]+\/)?[\w:-]+)[^'"]*['"]\)/g)].map(
        ([, name]) => name,
      );
    });

    const packages = new Set(loaded.filter((name) => name !== undefined && !isBuiltin(name)));

    expect([...packages].sort()).toEqual(Object.keys(dependencies).sort());
  });

  it('runs both of its programs', () => {
    const line = '203.0.113.7 - - [10/Oct/2023:13:55:36 +0000] "GET /cart/ HTTP/1.1" 200 12 "-" "-"\n';
    const { bin, version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));

    expect(JSON.parse(run(bin.clickstreamy, ['etl'], line))).toMatchObject({ page: '/cart/' });
    expect(run(bin.traffic, ['--version'])).toBe(`${version}\n`);
  });

  it('runs its workers: the function, its store and the page', () => {
    const log = join(packageRoot, 'package.json');

    const totals = JSON.parse(run('dist/cli.js', ['local', '--log', log, '--once', '--json', '--ui-port', '0']));

    // No line of that file is an access line: each has been through the function and is kept as failed.
    expect(totals).toMatchObject({ stored: 0, processingFailed: totals.read });
    expect(totals.read).toBeGreaterThan(0);
  });

  it('has no module to import, only its package.json', () => {
    const { exports } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));

    expect(exports).toEqual({ './package.json': './package.json' });
  });
});

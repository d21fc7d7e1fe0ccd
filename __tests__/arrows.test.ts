/** Holds the arrows between folders where biome's rules do not look: `require(…)` and `import(…)`, inline types included. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { globSync } from 'tinyglobby';
import { z } from 'zod';
import { packageRoot } from '../core/package-root';

const Patterns = z.array(z.object({ group: z.array(z.string()), message: z.string() }));
const Rule = z.object({ options: z.object({ patterns: Patterns }) });
const Override = z.object({
  includes: z.array(z.string()),
  linter: z.object({ rules: z.object({ style: z.object({ noRestrictedImports: Rule }) }) }),
});

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8');
const { overrides } = z.object({ overrides: z.array(Override) }).parse(JSON.parse(read('biome.json')));
const folders = overrides.flatMap(({ includes }) => includes).filter((glob) => glob.endsWith('/**'));

const FILES = globSync(['**/*.{ts,mjs,cjs}'], {
  cwd: packageRoot,
  ignore: ['**/node_modules/**', '**/dist/**', '**/fixtures/**', '__tests__/**', '**/cdktf.out/**'],
}).sort();

/** As in .gitignore: `**` is any number of folders, `*` any text within a name. */
function toPattern(glob: string): RegExp {
  const parts = glob.split(/(\*\*\/|\/\*\*|\*)/).map((part) => {
    const known: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '/**': '/.*', '*': '[^/]*' };
    return known[part] ?? part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}

/** The last pattern that matches decides; one that begins with `!` allows. */
function isIn(group: readonly string[], specifier: string): boolean {
  const last = group.findLast((glob) => toPattern(glob.replace(/^!/, '')).test(specifier));
  return last !== undefined && !last.startsWith('!');
}

const INLINE = /\b(?:require|import)\(\s*(['"`])([^'"`]+)\1/g;
const STATIC = /^(?:import|export)\b[^'"`;]*?(['"])([^'"]+)\1/gm;
const specifiers = (source: string, pattern: RegExp) => [...source.matchAll(pattern)].map(([, , found]) => found ?? '');

/** What a file requires or imports inline although biome.json forbids its folder to import it. */
function offences(file: string, source: string): readonly string[] {
  const rule = overrides.findLast(({ includes }) => includes.some((glob) => toPattern(glob).test(file)));
  const patterns = rule?.linter.rules.style.noRestrictedImports.options.patterns ?? [];
  return specifiers(source, INLINE).flatMap((specifier) =>
    patterns
      .filter(({ group }) => isIn(group, specifier))
      .map(({ message }) => `${file} imports ${specifier}: ${message}`),
  );
}

type Graph = ReadonlyMap<string, readonly string[]>;

function toGraph(files: readonly (readonly [path: string, source: string])[]): Graph {
  const known = new Set(files.map(([path]) => path));
  return new Map(
    files.map(([path, source]) => {
      const found = [...specifiers(source, STATIC), ...specifiers(source, INLINE)].filter((each) =>
        each.startsWith('.'),
      );
      const paths = found.map((each) => posix.join(posix.dirname(path), each));
      return [path, paths.map((each) => (known.has(each) ? each : `${each}.ts`)).filter((each) => known.has(each))];
    }),
  );
}

/** A way back to the file where it began, for each file that has one. */
function cyclesIn(graph: Graph): readonly string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, way: readonly string[]) => {
    if (way.includes(file)) cycles.push([...way.slice(way.indexOf(file)), file].join(' → '));
    if (way.includes(file) || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}

describe('the arrows of biome.json', () => {
  it('hold for what is required or imported inline', () => {
    expect(FILES.length).toBeGreaterThan(250);
    expect(FILES.flatMap((file) => offences(file, read(file)))).toEqual([]);
  });

  it.each([
    ["const { runLocal } = require('../local/run');", 'core/x.ts'],
    ["const { runLocal } = require('../local/run') as typeof import('../local/run');", 'etl/x.ts'],
    ["let run: import('../../local/run').Run;", 'store/duckdb/x.ts'],
    ["await import('../local/run');", 'stacks/aws.ts'],
    ["let run: import('../site/demo-site').Site;", 'traffic/x.ts'],
  ])('forbid %s in %s', (source, file) => {
    expect(offences(file, source)).not.toEqual([]);
  });

  it('allow what a pattern excepts, and everything within the folder', () => {
    expect(offences('traffic/x.ts', "require('../site/catalogue'); require('./report');")).toEqual([]);
  });

  it.each(folders)('let no file of %s import what composes the folders, or a test', (glob) => {
    const file = glob.replace('**', 'x.ts');
    for (const target of ['../commands', '../cli', '../main', '../__tests__/support/until'])
      expect(offences(file, `require('${target}')`)).toHaveLength(1);
  });

  it('cover every folder that has source', () => {
    const withSource = new Set(FILES.filter((file) => file.includes('/')).map((file) => `${file.split('/')[0]}/**`));

    expect([...withSource].sort()).toEqual([...folders].sort());
  });
});

describe('the files', () => {
  it('import each other in no circle, by whatever form', () => {
    const graph = toGraph(FILES.map((file) => [file, read(file)] as const));

    expect(graph.get('kibana/command.ts')).toContain('kibana/setup.ts');
    expect(graph.get('local/run.ts')).toContain('local/pipeline.ts');
    expect(cyclesIn(graph)).toEqual([]);
  });

  it('would be in a circle by an inline type', () => {
    const graph = toGraph([
      ['kibana/a.ts', "import { b } from './b';"],
      ['kibana/b.ts', "export * from '../core/c';"],
      ['core/c.ts', "let a: import('../kibana/a').A;"],
    ]);

    expect(cyclesIn(graph)).toEqual(['kibana/a.ts → kibana/b.ts → core/c.ts → kibana/a.ts']);
  });
});

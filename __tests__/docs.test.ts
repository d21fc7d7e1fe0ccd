import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { globSync } from 'tinyglobby';
import { apacheLogFormat } from '../click/log-format';
import { clickstreamy } from '../commands';
import { renderOptionTables } from '../core/command/option-table';
import { packageRoot } from '../core/package-root';

const IGNORED = ['**/node_modules/**', '**/dist/**', '**/fixtures/**'];
const DOCUMENTS = globSync(['**/*.md'], { cwd: packageRoot, ignore: IGNORED }).sort();
const SOURCES = globSync(['**/*.ts'], { cwd: packageRoot, ignore: [...IGNORED, '__tests__/**'] });

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8');
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found ?? '');
const headingsOf = (text: string) => matches(withoutBlocks(text), /^#+ +(.+)$/gm);
const withoutBlocks = (text: string) => text.replace(/^```.*?^```$/gms, '');

/** The codes that a source gives its errors: as the first argument, or chosen among literals where that is a variable. */
function codesOf(source: string): string[] {
  const chosen = /new ToolkitError\(\s*[a-z]/.test(source) ? matches(source, /'([A-Z]+(?:_[A-Z]+)+)'/g) : [];
  return [...matches(source, /(?:new ToolkitError|super)\(\s*'([A-Z_]+)'/g), ...chosen];
}

/** As GitHub makes them of headings. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

describe('docs/errors.md', () => {
  const [, ...headings] = headingsOf(read('docs/errors.md'));

  it('has a heading for each code of an error, and for nothing else', () => {
    const codes = new Set(SOURCES.flatMap((path) => codesOf(read(path))));

    expect([...headings].sort()).toEqual([...codes].sort());
  });
});

describe('README.md', () => {
  const readme = read('README.md');
  const { scripts, bin } = JSON.parse(read('package.json'));

  it('names only npm scripts that there are', () => {
    const named = matches(readme, /\bnpm (?:run )?(start|test|(?<=run )[\w:-]+)/g);

    expect(named).toEqual(expect.arrayContaining(['start', 'test']));
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining([...new Set(named)]));
  });

  it('names only programs of this package, and the command of CDKTF, after npx', () => {
    const named = matches(readme, /\bnpx ([\w-]+)/g);

    expect([...Object.keys(bin), 'cdktf']).toEqual(expect.arrayContaining([...new Set(named)]));
  });

  it('gives the very directive for Apache that the log format is written with', () => {
    expect(readme.split('\n')).toContain(apacheLogFormat('clickstreamy'));
  });
});

describe.each(DOCUMENTS)('%s', (path) => {
  const links = matches(withoutBlocks(read(path)), /\]\(([^)\s]+)\)/g).filter((link) => !/^[a-z]+:/.test(link));

  it('links only to files and headings that there are', () => {
    const broken = links.filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(packageRoot, target))) return true;
      return anchor !== undefined && !headingsOf(read(target)).map(anchorOf).includes(anchor);
    });

    expect(broken).toEqual([]);
  });

  it('names only source files that there are', () => {
    const named = matches(
      read(path),
      /`((?:core|click|site|traffic|shipper|firehose|etl|panels|store|page|kibana|replay|verify|local|config|stacks|bench|scripts)\/[\w/-]+\.(?:ts|mjs))`/g,
    );

    expect(named.filter((file) => !existsSync(join(packageRoot, file)))).toEqual([]);
  });

  it('never has npx fetch a package named traffic', () => {
    expect(read(path)).not.toMatch(/npx traffic/);
  });

  it('has its option tables up to date (npm run settings)', () => {
    expect(read(path)).toBe(renderOptionTables(read(path), clickstreamy));
  });
});

/** Holds the prose to the words that the project has agreed on: one word for a thing, and sentences that begin with their subject. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { packageRoot } from '../core/package-root';

const FILES = globSync(['**/*.{ts,mjs,cjs,php,sh,md,conf}', '.ci/run'], {
  cwd: packageRoot,
  dot: true,
  ignore: ['**/node_modules/**', '**/dist/**', '**/fixtures/**', '.git/**', 'cdktf.out/**', '__tests__/prose.test.ts'],
}).sort();

/** Words that meant something to their author only, each with the one to use. */
const PRIVATE_WORDS: Readonly<Record<string, string>> = {
  mend: 'hint, fix',
  room: 'folder, space',
  lane: 'limiter, queue',
  door: 'input boundary',
  books: 'totals, ledger',
  guest: 'anonymous visitor',
  hurry: 'stop, flush',
};

/** A changelog names what a word has replaced. */
const MAY_QUOTE = new Set(['CHANGELOG.md']);

const linesOf = (path: string) => readFileSync(join(packageRoot, path), 'utf8').split('\n');

function findings(pattern: RegExp): string[] {
  return FILES.filter((path) => !MAY_QUOTE.has(path)).flatMap((path) =>
    linesOf(path).flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
  );
}

it('has no docstring or comment that begins with "Of"', () => {
  expect(FILES.length).toBeGreaterThan(500);
  expect(findings(/^\s*(?:\/\*\*|\*|\/\/|#) +Of /)).toEqual([]);
});

it.each(Object.entries(PRIVATE_WORDS))('says something plainer than "%s": %s', (word) => {
  const capital = `${word[0]?.toUpperCase()}${word.slice(1)}`;

  // Also inside a name: `readBooks`.
  expect(findings(new RegExp(`(?:(?<![A-Za-z])${word}|${capital})(?:s|ed)?(?![a-z])`))).toEqual([]);
});

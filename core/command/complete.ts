/** What may come next on a command line: the completion scripts ask for it, by `--complete` and the words so far. */
import type { Command } from './command';
import { ANYWHERE, findCommand } from './find-command';
import type { Option } from './options';
import type { Outline } from './outline';

/**
 * @param load, outline of the program: see `findCommand`.
 * @param words those so far; the last one is being typed.
 * @returns a line for each candidate: its name, a tab, what it is. Nothing where file names will do.
 */
export function complete(load: () => Command, words: readonly string[], outline?: Outline): string {
  // bash cuts `--auth=basic` into three words.
  const typed = words.filter((word) => word !== '=');
  const current = words.at(-1) === '=' ? '' : (typed.at(-1) ?? '');
  const before = words.at(-1) === '=' ? typed : typed.slice(0, -1);
  const found = findCommand([], load, before, outline);
  return candidatesFor(found.outline, found.words, current)
    .filter(([name]) => name.startsWith(current))
    .map(([name, about]) => `${name}\t${about.split('\n', 1)[0]}\n`)
    .join('');
}

type Candidate = readonly [name: string, about: string];

const EVERYWHERE: readonly Candidate[] = [
  ['--quiet', 'Only warnings and errors'],
  ['--help', 'Help'],
  ['--version', 'The version'],
];

function candidatesFor(
  { options, commands: below }: Outline,
  words: readonly string[],
  current: string,
): readonly Candidate[] {
  const named = options.filter(({ positional }) => positional !== true);
  const open = named.find(({ name, type }) => type !== 'boolean' && words.at(-1) === `--${name}`);
  if (open !== undefined) return choicesOf(open);
  if (current.startsWith('-')) {
    const isFree = ({ name, type }: Option) => type === 'list' || !words.includes(`--${name}`);
    return [
      ...named.filter(isFree).map(({ name, description }) => [`--${name}`, description ?? ''] as const),
      ...EVERYWHERE,
    ];
  }
  const commands = Object.entries(below).map(([name, { summary }]) => [name, summary] as const);
  return words.some((word) => !ANYWHERE.has(word))
    ? []
    : [...commands, ...options.filter(({ positional }) => positional === true).flatMap(choicesOf)];
}

const choicesOf = ({ choices, description = '' }: Option) => choices.map((name) => [name, description] as const);

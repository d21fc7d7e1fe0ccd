/** From words to checked options: yargs reads, zod checks. */
import yargs from 'yargs';
import type { z } from 'zod';
import { nearest } from '../did-you-mean';
import { UsageError } from '../errors';
import { toFaults } from '../parse';
import type { FoundCommand } from './find-command';
import type { Option } from './options';

export interface ReadArguments {
  readonly options: Readonly<Record<string, unknown>>;
  readonly quiet: boolean;
}

/** @throws UsageError with all faults. */
export function readArguments({ outline, command, words }: FoundCommand): ReadArguments {
  const { options } = outline;
  const argv = parseWords(words, options);
  refuseUnknown(argv, options, Object.keys(outline.commands));
  const given = toGiven(argv, options);
  const quiet = argv['quiet'] === true;
  return { options: command.options === undefined ? {} : check(command.options, given, options), quiet };
}

type Argv = Readonly<Record<string, unknown>> & { readonly _: readonly (string | number)[] };

function parseWords(words: readonly string[], options: readonly Option[]): Argv {
  const parser = yargs([...words])
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .parserConfiguration({
      // Unknown options arrive as arguments and are reported below; this also keeps a file named `-`.
      'unknown-options-as-args': true,
      'dot-notation': false,
      // Numbers, durations and shares are read by the schema.
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'populate--': true,
    })
    .option('quiet', { type: 'boolean', alias: 'q' })
    .fail((message: string, error?: Error) => {
      const [, name] = /^Not enough arguments following: (.+)$/.exec(message ?? '') ?? [];
      if (name !== undefined) throw new UsageError(`--${name} needs a value.`);
      throw error === undefined || error.name === 'YError' ? new UsageError(message) : error;
    });
  for (const { name, type, alias, greedy, positional } of options) {
    if (positional === true) continue;
    const kind = type === 'boolean' ? { boolean: true } : type === 'list' ? { array: true } : {};
    const arity = type === 'boolean' ? {} : greedy === true ? { requiresArg: true } : { nargs: 1 };
    parser.option(name, { ...kind, ...arity, ...(alias === undefined ? {} : { alias }) });
  }
  return parser.parseSync() as unknown as Argv;
}

const looksLikeOption = (word: unknown): word is string => typeof word === 'string' && /^-./.test(word);

function refuseUnknown(argv: Argv, options: readonly Option[], commands: readonly string[]): void {
  const lists = options.filter(({ type, positional }) => type === 'list' && positional !== true);
  const words = [...argv._, ...lists.flatMap(({ name }) => (argv[name] as unknown[] | undefined) ?? [])];
  const unknown = words.find(looksLikeOption);
  if (unknown !== undefined) {
    const name = unknown.split('=', 1)[0] ?? unknown;
    const names = ['help', 'quiet', 'version', ...options.flatMap((option) => (option.positional ? [] : option.name))];
    throw new UsageError(`There is no option ${name}${didYouMean(nearest(name.replace(/^-+/, ''), names), '--')}`);
  }
  const places = options.filter(({ positional }) => positional === true);
  const stray = places.at(-1)?.type === 'list' ? undefined : argv._[places.length];
  if (stray === undefined) return;
  if (commands.length === 0) throw new UsageError(`There is one argument too many: ${stray}.`);
  throw new UsageError(`There is no command ${stray}${didYouMean(nearest(String(stray), commands), '')}`);
}

const didYouMean = (name: string | undefined, dashes: string) =>
  name === undefined ? '.' : `; did you mean ${dashes}${name}?`;

/** Each option's words by its key. @throws UsageError if one that takes one value is given twice. */
function toGiven(argv: Argv, options: readonly Option[]): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  const rest = [...argv._, ...((argv['--'] as string[] | undefined) ?? [])].map(String);
  for (const { key, name, type, positional } of options) {
    if (positional === true) {
      const taken = type === 'list' ? rest.splice(0) : rest.shift();
      if (taken !== undefined) given[key] = taken;
      continue;
    }
    const value = argv[name];
    if (type !== 'list' && Array.isArray(value)) throw new UsageError(`--${name} is given ${value.length} times.`);
    if (value !== undefined) given[key] = value;
  }
  return given;
}

function check(schema: z.ZodObject, given: Record<string, unknown>, options: readonly Option[]) {
  const result = schema.safeParse(given, { reportInput: true });
  if (result.success) return result.data;
  const byKey = new Map(options.map((option) => [option.key, option]));
  const sentences = toFaults(result.error).map(({ path: [key], input, why, isMissing }) => {
    const option = byKey.get(String(key));
    if (option === undefined) return why;
    const name = option.positional === true ? option.name : `--${option.name}`;
    return isMissing ? `${name} is missing` : `${name}${showInput(input)}: ${why}`;
  });
  throw new UsageError(`${[...new Set(sentences)].join('; ')}.`);
}

const SHOWN_LENGTH = 80;

/** The value seen, unless it may hold a password or a whole file. */
function showInput(input: unknown): string {
  if (typeof input !== 'string' || input.length > SHOWN_LENGTH || input.includes('@')) return '';
  return ` ${/^[^\s'"]+$/.test(input) ? input : `'${input}'`}`;
}

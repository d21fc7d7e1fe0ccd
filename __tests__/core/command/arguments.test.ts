/** From words to options, by a command made for the purpose. */
import { z } from 'zod';
import type { Command } from '../../../core/command/command';
import { findCommand } from '../../../core/command/find-command';
import { renderHelp } from '../../../core/command/help';
import { readArguments } from '../../../core/command/read-arguments';
import { choice, file, flag, list, number, seconds, text } from '../../../core/command/values';

const Options = z.object({
  files: list(file()).describe('What to read').meta({ positional: true }),
  log: list(file()).describe('Logs').meta({ greedy: true }),
  host: list(text('HOST')),
  slowMs: number({ min: 1, max: 9 }).optional().describe('Later').meta({ otherwise: 5, unit: 'ms' }),
  wait: seconds().default(90).describe('How long'),
  mode: choice(['fast', 'slow']).default('fast'),
  name: text('NAME').meta({ alias: 'n' }),
  json: flag(),
});
const sort: Command<typeof Options> = {
  about: 'Sorts.',
  options: Options,
  examples: [['a.log', 'One file']],
  run() {},
};
const root: Command = {
  about: 'All.',
  examples: [],
  commands: { sort: { summary: 'Sorts', load: () => sort as Command }, show: { summary: 'Shows', load: () => root } },
};

const read = (...words: string[]) => readArguments(findCommand(['tool'], () => root, words));
const readSort = (...words: string[]) => read('sort', '--name', 'x', ...words).options;
const help = (...words: string[]) =>
  renderHelp(
    findCommand(['tool'], () => root, words),
    80,
    (text) => text,
  );

describe('options', () => {
  it('have their defaults, also those of lists and flags', () => {
    expect(readSort()).toEqual({ files: [], log: [], host: [], wait: 90, mode: 'fast', name: 'x', json: false });
  });

  it('are read by their kinds, with `=` and without, by letter and by name', () => {
    const { options, quiet } = read('sort', '-n', 'y', '--wait=5m', '--slow-ms', '7', '--json', '-q');

    expect(options).toMatchObject({ name: 'y', wait: 300, slowMs: 7, json: true });
    expect(quiet).toBe(true);
  });

  it('that are greedy take what the shell makes of an unquoted pattern, up to the next option', () => {
    expect(readSort('--log', 'a.log', 'b.log', '--json')).toMatchObject({ log: ['a.log', 'b.log'], files: [] });
    expect(readSort('--log', 'a.log', '--log', 'b.log')).toMatchObject({ log: ['a.log', 'b.log'] });
  });

  it('that are not greedy leave the arguments behind them alone', () => {
    expect(readSort('--host', 'a', 'one.log', '--host', 'b', 'two.log')).toMatchObject({
      host: ['a', 'b'],
      files: ['one.log', 'two.log'],
    });
  });

  it('stay text where they look like numbers or truths', () => {
    expect(read('sort', '--name', '007', 'true', '1e3').options).toMatchObject({ name: '007', files: ['true', '1e3'] });
  });

  it('end at `--`; a file may be named `-`', () => {
    expect(readSort('-', '--', '--json')).toMatchObject({ files: ['-', '--json'], json: false });
  });

  it.each<[string[], string]>([
    [['--jsn'], 'There is no option --jsn; did you mean --json?'],
    [['--log', 'a', '--jsn'], 'There is no option --jsn; did you mean --json?'],
    [['--zzzzzzzzz=1'], 'There is no option --zzzzzzzzz.'],
    [['--wait', '1', '--wait', '2'], '--wait is given 2 times.'],
    [['--wait'], '--wait needs a value.'],
    [['--log'], '--log needs a value.'],
    [['--log', ''], "--log '': must not be empty."],
    [['--slow-ms', '10'], '--slow-ms 10: must be 1 to 9.'],
    [['--slow-ms', 'x y'], "--slow-ms 'x y': must be a number."],
    [['--mode', 'fats'], '--mode fats: must be one of "fast", "slow"; did you mean fast?'],
    [['--wait', 'kim@secret'], '--wait: must be a duration'],
  ])('%j', (words, sentence) => {
    expect(() => readSort(...words)).toThrow(sentence);
  });

  it('that are required are named when they are missing', () => {
    expect(() => read('sort')).toThrow('--name is missing.');
  });

  it('say the same whatever the language of the machine', () => {
    const before = process.env['LC_ALL'];
    process.env['LC_ALL'] = 'de_DE.UTF-8';
    try {
      expect(() => readSort('--wait')).toThrow('--wait needs a value.');
    } finally {
      if (before === undefined) delete process.env['LC_ALL'];
      else process.env['LC_ALL'] = before;
    }
  });
});

describe('commands', () => {
  it('are found below one another, and behind options that all have', () => {
    expect(findCommand(['tool'], () => root, ['show', '--quiet', 'sort', 'a'])).toMatchObject({
      path: ['tool', 'show', 'sort'],
      words: ['--quiet', 'a'],
    });
  });

  it.each([
    ['srt', 'There is no command srt; did you mean sort?'],
    ['constructor', 'There is no command constructor.'],
    ['--sort', 'There is no option --sort'],
  ])('%s', (word, sentence) => {
    expect(() => read(word)).toThrow(sentence);
  });
});

describe('--help', () => {
  it('shows what the schema says: values, choices, defaults, what repeats and what must be given', () => {
    expect(help('sort')).toBe(`Usage  tool sort --name NAME [options]

Sorts.

Arguments
  files  What to read

Options
      --log FILE        Logs [repeatable]
      --host HOST       [repeatable]
      --slow-ms N       Later [default: 5ms]
      --wait DURATION   How long [default: 90s]
      --mode fast|slow  [default: fast]
  -n, --name NAME       [required]
      --json
  -q, --quiet           Nothing on standard error but warnings and errors
  -h, --help            This help
      --version         The version

Examples
  tool sort a.log
      One file
`);
  });

  it('lists commands', () => {
    expect(help()).toMatch(/^Usage {2}tool <command>\n\nAll\.\n\nCommands\n {2}sort {2}Sorts\n {2}show {2}Shows\n/);
  });

  it('keeps within the width of the terminal', () => {
    const lines = renderHelp(
      findCommand(['tool'], () => root, ['sort']),
      50,
      (text) => text,
    ).split('\n');

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50);
  });
});

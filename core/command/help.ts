/** Renders `--help`. */
import type { FoundCommand } from './find-command';
import type { Option } from './options';

const EVERYWHERE: readonly (readonly [string, string])[] = [
  ['-q, --quiet', 'Nothing on standard error but warnings and errors'],
  ['-h, --help', 'This help'],
  ['    --version', 'The version'],
];

/** @param bold how a heading looks. @param width in characters. */
export function renderHelp({ path, outline }: FoundCommand, width: number, bold: (text: string) => string): string {
  const name = path.join(' ');
  const { options } = outline;
  const groups = new Map<string, (readonly [string, string])[]>();
  for (const option of options) {
    const group = option.positional === true ? 'Arguments' : option.group;
    groups.set(group, [...(groups.get(group) ?? []), toRow(option)]);
  }
  const commands = Object.entries(outline.commands).map(([word, { summary }]) => [word, summary] as const);
  const examples = outline.examples.map(([line, what]) => {
    return [line.includes('$0') ? line.replaceAll('$0', name) : `${name} ${line}`.trimEnd(), what] as const;
  });
  groups.set('Options', [...(groups.get('Options') ?? []), ...EVERYWHERE]);
  const sections = [
    commands.length === 0 ? '' : `${bold('Commands')}\n${renderRows(commands, width)}`,
    ...[...groups].map(([group, rows]) => `${bold(group)}\n${renderRows(rows, width)}`),
    examples.length === 0 ? '' : `${bold('Examples')}\n${examples.map((row) => renderExample(row, width)).join('')}`,
    outline.notes === undefined ? '' : `${wrap(outline.notes, width).join('\n')}\n`,
  ];
  const usage = `${bold('Usage')}  ${name} ${outline.usage ?? usageOf(options, commands.length > 0)}\n`;
  const about = `${wrap(outline.about, width).join('\n')}\n`;
  return [usage, about, ...sections].filter((section) => section !== '').join('\n');
}

function usageOf(options: readonly Option[], hasCommands: boolean): string {
  if (options.length === 0 && hasCommands) return '<command>';
  const required = options.filter(({ isRequired, positional }) => isRequired && positional !== true);
  return [...required.map(({ name, value }) => `--${name} ${value ?? ''}`), '[options]'].join(' ');
}

/** `    --rate N` and what it is for. */
function toRow(option: Option): readonly [string, string] {
  const { name, alias, value, type, positional, description = '' } = option;
  const marks = [
    option.isRequired ? 'required' : '',
    type === 'list' && positional !== true ? 'repeatable' : '',
    option.fallback === undefined ? '' : `default: ${option.fallback}`,
  ].filter((mark) => mark !== '');
  const about = [description, ...marks.map((mark) => `[${mark}]`)].filter((part) => part !== '').join(' ');
  if (positional === true) return [name, about];
  const word = type === 'boolean' ? `--${name}` : `--${name} ${value ?? 'VALUE'}`;
  return [`${alias === undefined ? '    ' : `-${alias}, `}${word}`, about];
}

const MOST_LEFT = 30;

function renderRows(rows: readonly (readonly [string, string])[], width: number): string {
  const left = Math.min(MOST_LEFT, Math.max(...rows.map(([name]) => name.length))) + 4;
  return rows.map(([name, about]) => renderRow(name, wrap(about, width - left), left)).join('');
}

function renderRow(name: string, [first = '', ...more]: readonly string[], left: number): string {
  const head = `  ${name}`;
  const start = head.length + 2 > left ? `${head}\n${' '.repeat(left)}` : head.padEnd(left);
  return [`${start}${first}`.trimEnd(), ...more.map((line) => ' '.repeat(left) + line), ''].join('\n');
}

function renderExample([line, what]: readonly [string, string], width: number): string {
  return `  ${line}\n${wrap(what, width - 6)
    .filter((part) => part !== '')
    .map((part) => `      ${part}\n`)
    .join('')}`;
}

/** Lines of whole words; line breaks stay. */
function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let current = '';
    for (const word of line.split(' ')) {
      if (current !== '' && current.length + 1 + word.length > width) {
        lines.push(current);
        current = word;
      } else current = current === '' ? word : `${current} ${word}`;
    }
    return [...lines, current];
  });
}

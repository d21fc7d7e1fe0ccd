/** The option tables in docs/, made from the commands; a test compares them. */
import type { Command } from './command';
import { findCommand } from './find-command';
import type { Option } from './options';

/** @returns a document with each table below a line `<!-- options of kibana import -->` up to date. */
export function renderOptionTables(document: string, root: Command): string {
  return document.replace(/(<!-- options of ([\w ]+) -->\n)(?:\|.*\n)*/g, (_, marker: string, name: string) => {
    const { outline, words } = findCommand([], () => root, name.split(' '));
    if (words.length > 0 || outline.options.length === 0) throw new Error(`there are no options of ${name}`);
    return marker + toTable(outline.options);
  });
}

function toTable(options: readonly Option[]): string {
  const rows = [['Option', 'Meaning', 'Default'], ['---', '---', '---'], ...options.map(toCells)];
  return rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`).join('');
}

function toCells({ name, type, value, description = '', fallback, isRequired, positional }: Option): string[] {
  const word = positional === true ? name : `--${name}${type === 'boolean' ? '' : ` ${value ?? 'VALUE'}`}`;
  const mark = isRequired ? ' (required)' : type === 'list' ? ' (repeatable)' : '';
  return [`\`${word}\``, `${description}${mark}`, fallback ?? ''];
}

/** The option tables of README.md and docs/, made from the commands' schemas; a test holds them against these. */
import type { Command } from '../core/command/command';
import { type Option, readOptions } from '../core/command/options';
import { localCommand } from '../local/command';
import { trafficCommand } from '../traffic/command';
import { verifyCommand } from '../verify/command';

/** Stands in a document as `<!-- options of local -->`; the table below it is ours. */
const COMMANDS: Readonly<Record<string, Command>> = {
  local: localCommand as Command,
  traffic: trafficCommand as Command,
  verify: verifyCommand as Command,
};

export const OPTION_DOCUMENTS = ['README.md', 'docs/traffic.md', 'docs/verify.md'] as const;

/** @returns the document with its option tables up to date. */
export function renderOptionDocs(document: string): string {
  return document.replace(/(<!-- options of (\w+) -->\n)(?:\|.*\n)*/g, (_, marker: string, name: string) => {
    const options = COMMANDS[name]?.options;
    if (options === undefined) throw new Error(`there is no table of the options of ${name}`);
    return marker + toTable(readOptions(options));
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

/**
 * What `--help` and the completion show of a command, as data. The build writes it down for all commands, so that neither has to
 * load a command's file, and with it zod.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from './command';
import { type Option, readOptions } from './options';

export interface Outline extends Pick<Command, 'about' | 'usage' | 'examples' | 'notes'> {
  readonly options: readonly Option[];
  readonly commands: Readonly<Record<string, SubcommandOutline>>;
}

interface SubcommandOutline {
  readonly summary: string;
  /** Absent where nobody wrote it down: the command's file is loaded instead. */
  readonly outline?: Outline;
}

/** In `dist/`. */
export const OUTLINES_FILE = 'outlines.json';

/** The outline of a command without those of the commands below it, which are not loaded. */
export function outlineOf({ about, usage, options, examples, notes, commands = {} }: Command): Outline {
  return {
    about,
    ...(usage !== undefined && { usage }),
    options: options === undefined ? [] : readOptions(options),
    examples,
    ...(notes !== undefined && { notes }),
    commands: Object.fromEntries(Object.entries(commands).map(([name, { summary }]) => [name, { summary }])),
  };
}

/** The outline of a command and of all below it, which it loads. */
export function outlineTree(command: Command): Outline {
  const trees = Object.entries(command.commands ?? {}).map(([name, { summary, load }]) => {
    return [name, { summary, outline: outlineTree(load()) }] as const;
  });
  return { ...outlineOf(command), commands: Object.fromEntries(trees) };
}

/** @returns what the build wrote down for a program; undefined from the sources, and in a bundle that runs alone. */
export function readOutline(program: string): Outline | undefined {
  try {
    // Beside this file, not in the package's dist/: from the sources, the last build's would be out of date.
    const outlines = JSON.parse(readFileSync(join(__dirname, '..', '..', OUTLINES_FILE), 'utf8'));
    return outlines[program];
  } catch {
    return undefined;
  }
}

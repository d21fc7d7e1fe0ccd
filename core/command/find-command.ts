/** Finds the command that the words of a command line name. */
import type { Command, Subcommand } from './command';
import { type Outline, outlineOf } from './outline';

export interface FoundCommand {
  /** `['clickstreamy', 'kibana', 'import']` */
  readonly path: readonly string[];
  readonly outline: Outline;
  /** Loaded when it is first asked for, if the outline was known without it. */
  readonly command: Command;
  /** The words that are not its name. */
  readonly words: readonly string[];
}

/** These may come before a command's name. */
export const ANYWHERE = new Set(['--quiet', '-q', '--help', '-h', '--version']);

/**
 * Follows the words down to the command that they name.
 *
 * @param load gives the command to start at. @param outline its outline, where it is known without loading it.
 */
export function findCommand(
  path: readonly string[],
  load: () => Command,
  words: readonly string[],
  outline: Outline = outlineOf(load()),
): FoundCommand {
  const at = words.findIndex((word) => !ANYWHERE.has(word));
  const name = words[at];
  const below = name !== undefined && Object.hasOwn(outline.commands, name) ? outline.commands[name] : undefined;
  if (name === undefined || below === undefined) {
    return {
      ...{ path, outline, words },
      get command() {
        return load();
      },
    };
  }
  const loadBelow = () => {
    const { commands = {} } = load();
    return (commands[name] as Subcommand).load();
  };
  const rest = words.filter((_, place) => place !== at);
  return findCommand([...path, name], loadBelow, rest, below.outline);
}

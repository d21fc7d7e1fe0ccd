/** Runs a command line: wrong usage is exit code 2, a failure 1, both as one clear sentence on stderr. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Context } from './command/command';
import { complete } from './command/complete';
import { findCommand } from './command/find-command';
import { renderHelp } from './command/help';
import { readOutline } from './command/outline';
import { asStarted, paintFor } from './command/style';
import { ToolkitError, UsageError } from './errors';
import { packageRoot } from './package-root';

/** The option with which the completion scripts call the program. */
const COMPLETE = '--complete';

/**
 * Runs a command line to its end and sets the process's exit code: 0 good, 1 failed, 2 wrong usage.
 *
 * @param load gives the program's command; help and completion get by without it.
 */
export async function runCommandLine(
  name: string,
  load: () => Command,
  words: readonly string[] = process.argv.slice(2),
): Promise<void> {
  process.stdout.on('error', endOnClosedPipe);
  try {
    const text =
      words[0] === COMPLETE ? complete(load, words.slice(1), readOutline(name)) : await runWords(name, load, words);
    if (text !== undefined) process.stdout.write(text);
  } catch (error) {
    reportFailure(error);
  }
}

/** @returns what to print instead of a run: the help, the version. */
async function runWords(name: string, load: () => Command, words: readonly string[]): Promise<string | undefined> {
  const found = findCommand([name], load, words, readOutline(name));
  const end = found.words.indexOf('--');
  const before = end === -1 ? found.words : found.words.slice(0, end);
  const has = (...flags: readonly string[]) => before.some((word) => flags.includes(word));
  const paint = paintFor(process.stdout, process.env);
  const help = () => renderHelp(found, Math.min(110, process.stdout.columns ?? 110), (text) => paint('bold', text));
  if (has('--help', '-h')) return help();
  if (has('--version')) return `${readVersion()}\n`;
  if (found.command.run === undefined && before.length === 0) return help();
  // Loaded here: help does not need yargs.
  const { readArguments } = require('./command/read-arguments') as typeof import('./command/read-arguments');
  const { options, quiet } = readArguments(found);
  if (found.command.run === undefined) return help();
  await found.command.run(options, toContext(quiet));
  return undefined;
}

function toContext(quiet: boolean): Context {
  return {
    quiet,
    note: (line) => {
      if (!quiet) process.stderr.write(`${line}\n`);
    },
  };
}

/** A bundle that runs alone has no package.json beside it. */
function readVersion(): string {
  try {
    return JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version;
  } catch {
    return 'unknown';
  }
}

/** One clear sentence on stderr, and the exit code that goes with it: 2 for wrong usage, else 1. */
export function reportFailure(error: unknown): void {
  process.stderr.write(`${renderFailure(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

function renderFailure(error: unknown): string {
  const red = (text: string) => paintFor(process.stderr, process.env)(['red', 'bold'], text);
  if (!(error instanceof ToolkitError)) {
    // A bug: a report needs the stack.
    return `${red('error:')} ${error instanceof Error ? error.stack : String(error)}`;
  }
  const { code, message, hint } = error;
  return `${red(`error [${code}]:`)} ${message.slice(0, -hint.length)}${asStarted(hint, process.env)}`;
}

/** Aborts on the first SIGINT, SIGTERM or SIGHUP (a closed terminal), so that work can drain; the second ends the process at once (130). */
export function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  // A terminal that is gone takes no more words; the work goes on without them.
  process.stderr.on('error', () => {});
  return controller.signal;
}

/** The reader has gone (`| head`): that is not a failure, and nobody is left to tell. */
function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

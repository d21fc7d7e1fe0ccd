/** What every command shares: wrong usage is exit 2, a failure 1, both as one clear sentence on stderr. */
import type { Argv } from 'yargs';
import { ToolkitError, UsageError } from './errors';

/** Runs a command line to its end and sets the process's exit code: 0 good, 1 failed, 2 wrong usage. */
export async function runCommandLine(cli: Argv): Promise<void> {
  process.stdout.on('error', endOnClosedPipe);
  try {
    await cli
      .strict()
      .help()
      .alias('help', 'h')
      .wrap(Math.min(110, process.stdout.columns ?? 110))
      .exitProcess(false)
      .fail((message, error) => {
        // yargs' own complaints come as no error, or as its YError (`Not enough arguments following: port`).
        throw error === undefined || error.name === 'YError' ? new UsageError(message) : error;
      })
      .parseAsync();
  } catch (error) {
    reportFailure(error);
  }
}

/** One clear sentence on stderr, and the exit code that goes with it: 2 for wrong usage, else 1. */
export function reportFailure(error: unknown): void {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

/** Aborts on the first SIGINT or SIGTERM, so that work can drain; the second ends the process at once (130). */
export function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return controller.signal;
}

/** The reader has gone (`| head`): that is not a failure, and nobody is left to tell. */
function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

function describe(error: unknown): string {
  if (error instanceof ToolkitError) return `error: ${error.message}`;
  // Not foreseen, so a fault of ours: the stack is what a report needs.
  return `error: ${error instanceof Error ? error.stack : String(error)}`;
}

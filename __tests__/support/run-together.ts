import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtFile, packageRoot } from '../../core/package-root';

export interface CommandLine {
  /** After `clickstreamy`. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface EndedCommand {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const SCRIPT = join(packageRoot, '__tests__', 'support', 'command-lines.cjs');

/**
 * Runs command lines of `clickstreamy` in one process, one after another, since a process takes longer to start than most of them take.
 * For those that fail at once: each test of what a command does has a process of its own.
 */
export function runTogether(commandLines: readonly CommandLine[], cwd = tmpdir()): readonly EndedCommand[] {
  const { PATH } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, [SCRIPT, builtFile(), JSON.stringify(commandLines)], {
    ...{ encoding: 'utf8', cwd, input: '', env: { PATH } },
  });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

import { execFile } from 'node:child_process';
import { builtFile } from '../../core/package-root';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `clickstreamy kibana setup`. @param env replaces this process's environment, except PATH. */
export function runSetup(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'], ...env }, timeout: 30_000 };
    execFile(process.execPath, [builtFile('cli.js'), 'kibana', 'setup', ...args], options, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

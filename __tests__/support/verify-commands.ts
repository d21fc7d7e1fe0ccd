/** Runs the programs as a user does, for the tests of `verify` and `replay`; the engines' tests use it, too. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtFile } from '../../core/package-root';
import { until } from './until';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, timeout: 45_000, ...(cwd !== undefined && { cwd }) };
    execFile(process.execPath, [program, ...args], options, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

export const verify = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  run(builtFile('cli.js'), ['verify', ...args], env);

export const replay = (args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd?: string) =>
  run(builtFile('cli.js'), ['replay', ...args], env, cwd);

export async function traffic(...args: readonly string[]): Promise<void> {
  const { code, err } = await run(builtFile('traffic', 'cli.js'), args);
  if (code !== 0) throw new Error(`traffic ended with ${code}: ${err}`);
}

const running = new Set<ChildProcess>();

/** Starts `clickstreamy local`; call `killAll` after each test. */
export function startLocal(...args: readonly string[]) {
  const child = spawn(process.execPath, [builtFile('cli.js'), 'local', '--ui-port', '0', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let err = '';
  child.stdout.resume();
  child.stderr.on('data', (text) => {
    err += text;
  });
  const ended = once(child, 'close').then(([code]) => {
    if (code !== 0) throw new Error(`local ended with ${code}: ${err}`);
  });
  ended.catch(() => {});
  return {
    ended,
    site: () => until(() => /site {4}(http:\S+)/.exec(err)?.[1], { what: 'the site has an address' }),
    stop: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}

export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
}

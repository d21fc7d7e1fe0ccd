import { spawn } from 'node:child_process';

export interface Ended {
  readonly exitCode: number;
  /** The last of what it said, on both streams, without colours: to find out why it failed. */
  readonly said: string;
  /** A signal came, from a person or from a pipeline that was cancelled. */
  readonly interrupted: boolean;
}

const KEPT_CHARACTERS = 200_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that begins a colour.
const COLOURS = /\u001b\[[0-9;]*m/g;

/**
 * Runs a program without a terminal and shows on standard error what it says.
 * A signal to end goes on to the program, which is waited for: Terraform then gives its lock back and writes what it has made.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly quiet?: boolean } = {},
): Promise<Ended> {
  const child = spawn(program, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, CI: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A terminal's Ctrl-C goes to a whole group: out of it, for Terraform takes a second signal as an order to stop at once.
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEPT_CHARACTERS);
      if (options.quiet !== true) process.stderr.write(text);
    });
  }
  let interrupted = false;
  const pass = (signal: NodeJS.Signals) => {
    interrupted = true;
    child.kill(signal);
  };
  process.on('SIGINT', pass).on('SIGTERM', pass);
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.on('error', reject).on('close', (code) => resolve(code ?? 1));
    });
    return { exitCode, said: said.replaceAll(COLOURS, ''), interrupted };
  } finally {
    process.off('SIGINT', pass).off('SIGTERM', pass);
  }
}

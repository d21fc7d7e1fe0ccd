import { spawn } from 'node:child_process';

export interface Ended {
  readonly exitCode: number;
  /** The end of its output on both streams, without colours. */
  readonly said: string;
  /** Whether a signal arrived, from a person or from a pipeline that was cancelled. */
  readonly interrupted: boolean;
}

const KEPT_CHARACTERS = 200_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that begins a colour.
const COLOURS = /\u001b\[[0-9;]*m/g;

/**
 * Runs a program without a terminal and copies its output to standard error.
 * SIGINT and SIGTERM are passed on to the program, and it is waited for: Terraform then writes its state and releases its lock.
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
    // Ctrl-C goes to the whole process group. Terraform must not be in it: it would take the second signal as an order to stop at once.
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
  const passOn = (signal: NodeJS.Signals) => {
    interrupted = true;
    child.kill(signal);
  };
  process.on('SIGINT', passOn).on('SIGTERM', passOn);
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.on('error', reject).on('close', (code) => resolve(code ?? 1));
    });
    return { exitCode, said: said.replaceAll(COLOURS, ''), interrupted };
  } finally {
    process.off('SIGINT', passOn).off('SIGTERM', passOn);
  }
}

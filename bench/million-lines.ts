/** Shared by the benchmarks of whole commands: a log of a million lines, and a process measured from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { ToolkitError } from '../core/errors';
import { builtFile } from '../core/package-root';
import { generateCorpus } from './corpus';

export const LINES = 1_000_000;
/** Number of generated lines, which are written repeatedly. */
const DIFFERENT_LINES = 200_000;

/** @returns how many of the lines are garbage. */
export function writeMillionLines(path: string): number {
  const lines: Buffer[] = [];
  let garbage = 0;
  for (const { line, truth } of generateCorpus({ lines: DIFFERENT_LINES, seed: 1 })) {
    lines.push(line, Buffer.of(0x0a));
    if (truth === undefined) garbage++;
  }
  const bytes = Buffer.concat(lines);
  const times = LINES / DIFFERENT_LINES;
  const log = openSync(path, 'w');
  for (let time = 0; time < times; time++) {
    for (let at = 0; at < bytes.length; ) at += writeSync(log, bytes, at);
  }
  closeSync(log);
  return garbage * times;
}

export interface CommandRun {
  readonly stdout: string;
  readonly stderr: string;
  /** Including the start of the process. */
  readonly seconds: number;
  /** Peak resident memory; 0 if the system does not report it. */
  readonly peakMegabytes: number;
}

/**
 * Runs `clickstreamy`, or another program of the package, to its end.
 *
 * @param stdout a file descriptor, or `pipe` to collect the output.
 * @param program its file in `dist/`.
 * @throws ToolkitError BENCH_FAILED
 */
export async function runCommand(
  args: readonly string[],
  stdout: number | 'pipe' = 'pipe',
  program: readonly string[] = ['cli.js'],
): Promise<CommandRun> {
  const started = performance.now();
  const child = spawn(process.execPath, [builtFile(...program), ...args], { stdio: ['ignore', stdout, 'pipe'] });
  let peakMegabytes = 0;
  const watch = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, readPeakMegabytes(child.pid));
  }, 20);
  const [out, err, code] = await Promise.all([collect(child.stdout), collect(child.stderr), exitOf(child)]);
  clearInterval(watch);
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new ToolkitError('BENCH_FAILED', `${[...program, args[0]].join(' ')} ended with ${code}.`, err);
  return { stdout: out, stderr: err, seconds, peakMegabytes };
}

const collect = (stream: NodeJS.ReadableStream | null) => (stream === null ? '' : text(stream));

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve));
}

function readPeakMegabytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1000);
  } catch {
    return 0;
  }
}

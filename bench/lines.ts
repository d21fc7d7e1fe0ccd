/** `clickstreamy etl` on a million lines, as a user runs it: one file in, one file out. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ToolkitError } from '../core/errors';
import { builtFile } from '../core/package-root';
import { generateCorpus } from './corpus';
import { median, type Report } from './report';

const LINES = 1_000_000;
/** So many are made, and written again and again. */
const DIFFERENT_LINES = 200_000;
const RUNS = 5;

interface Run {
  readonly events: number;
  readonly rejected: number;
  readonly bytes: number;
  /** With the start of the process. */
  readonly seconds: number;
  /** Highest resident memory; 0 where the system does not tell. */
  readonly peakMegabytes: number;
}

export async function benchLines(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-lines-'));
  try {
    const log = join(folder, 'access_log');
    process.stderr.write(`${LINES} lines are made …\n`);
    const garbage = writeLog(log);
    const runs: Run[] = [];
    for (let run = 1; run <= RUNS; run++) {
      process.stderr.write(`run ${run} of ${RUNS} …\n`);
      runs.push(await runFilter(log, join(folder, 'events.ndjson')));
    }
    const [{ events, rejected, bytes }] = runs as [Run];
    const seconds = median(runs.map((run) => run.seconds));
    return {
      passed: runs.every((run) => run.events === LINES - garbage && run.rejected === garbage),
      lines: LINES,
      events,
      rejected,
      meanLineBytes: Math.round(bytes / LINES),
      linesPerSecond: Math.round(LINES / seconds),
      megabytesPerSecond: Math.round(bytes / seconds / 1e6),
      peakMegabytes: Math.max(...runs.map((run) => run.peakMegabytes)),
      runs: RUNS,
      cores: availableParallelism(),
      node: process.version,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns how many lines of it are garbage. */
function writeLog(path: string): number {
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

async function runFilter(log: string, events: string): Promise<Run> {
  const out = openSync(events, 'w');
  const started = performance.now();
  const child = spawn(process.execPath, [builtFile('cli.js'), 'etl', '--json', log], {
    stdio: ['ignore', out, 'pipe'],
  });
  closeSync(out);
  let peakMegabytes = 0;
  const watch = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, readPeakMegabytes(child.pid));
  }, 20);
  const [stderr, [code]] = await Promise.all([text(child.stderr as NodeJS.ReadableStream), once(child, 'close')]);
  clearInterval(watch);
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new ToolkitError('BENCH_FAILED', `clickstreamy etl ended with ${code}.`, stderr);
  return { ...JSON.parse(stderr), seconds, peakMegabytes };
}

function readPeakMegabytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1000);
  } catch {
    return 0;
  }
}

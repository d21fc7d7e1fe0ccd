/**
 * `clickstreamy local --once` beside GoAccess (Debian's package `goaccess`), in turn, on the same million lines: the one stores each
 * event durably and keeps a copy, the other counts in memory and writes a report.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToolkitError } from '../core/errors';
import { LINES, runCommand, writeMillionLines } from './million-lines';
import { median, type Report } from './report';

const RUNS = 5;

export async function benchGoAccess(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-goaccess-'));
  try {
    const log = join(folder, 'access_log');
    process.stderr.write(`making ${LINES} lines …\n`);
    writeMillionLines(log);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let run = 1; run <= RUNS; run++) {
      process.stderr.write(`run ${run} of ${RUNS} …\n`);
      theirs.push(runGoAccess(log, join(folder, 'report.html')));
      const data = join(folder, `data-${run}`);
      ours.push((await runCommand(['local', '--log', log, '--once', '--quiet', '--data', data])).seconds);
      rmSync(data, { recursive: true });
    }
    const ratios = ours.map((seconds, at) => (theirs[at] ?? 0) / seconds);
    return {
      passed: true,
      lines: LINES,
      linesPerSecond: Math.round(LINES / median(ours)),
      goaccessLinesPerSecond: Math.round(LINES / median(theirs)),
      ratio: median(ratios),
      runs: RUNS,
      cores: availableParallelism(),
      node: process.version,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns seconds. @throws ToolkitError BENCH_FAILED */
function runGoAccess(log: string, report: string): number {
  const started = performance.now();
  const args = [log, '--log-format=COMBINED', '--no-progress', '--no-global-config', '-o', report];
  const { status, error, stderr } = spawnSync('goaccess', args, { encoding: 'utf8' });
  if (status !== 0)
    throw new ToolkitError(
      'BENCH_FAILED',
      `goaccess ended with ${status ?? error?.message}.`,
      stderr || 'Debian has it as the package goaccess.',
    );
  return (performance.now() - started) / 1000;
}

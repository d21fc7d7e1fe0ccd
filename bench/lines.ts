/** Measures `clickstreamy etl` on a million lines, as a user runs it: one file in, one file out. */
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { LINES, runCommand, writeMillionLines } from './million-lines';
import { median, type Report } from './report';

const RUNS = 5;

interface Run {
  readonly events: number;
  readonly rejected: number;
  readonly bytes: number;
  /** Including the start of the process. */
  readonly seconds: number;
  /** Peak resident memory; 0 if the system does not report it. */
  readonly peakMegabytes: number;
}

export async function benchLines(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-lines-'));
  try {
    const log = join(folder, 'access_log');
    process.stderr.write(`making ${LINES} lines …\n`);
    const garbage = writeMillionLines(log);
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

async function runFilter(log: string, events: string): Promise<Run> {
  const out = openSync(events, 'w');
  try {
    const { stderr, seconds, peakMegabytes } = await runCommand(['etl', '--json', log], out);
    return { ...JSON.parse(stderr), seconds, peakMegabytes };
  } finally {
    closeSync(out);
  }
}

/** Measures `clickstreamy local` as a user runs it, with journal, copy, store and page: a million lines at once, then lines at a low rate. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureLatency } from './local-latency';
import { LINES, runCommand, writeMillionLines } from './million-lines';
import { median, type Report } from './report';

const RUNS = 3;

export async function benchLocal(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-local-'));
  try {
    const log = join(folder, 'access_log');
    process.stderr.write(`making ${LINES} lines …\n`);
    const garbage = writeMillionLines(log);
    const seconds: number[] = [];
    let peakMegabytes = 0;
    let passed = true;
    for (let run = 1; run <= RUNS; run++) {
      process.stderr.write(`run ${run} of ${RUNS} …\n`);
      const data = join(folder, `data-${run}`);
      const ended = await runCommand(['local', '--log', log, '--once', '--json', '--data', data]);
      const report = JSON.parse(ended.stdout) as { stored: number; processingFailed: number };
      passed &&= report.stored === LINES - garbage && report.processingFailed === garbage;
      seconds.push(ended.seconds);
      peakMegabytes = Math.max(peakMegabytes, ended.peakMegabytes);
      rmSync(data, { recursive: true });
    }
    process.stderr.write('lines at a low rate …\n');
    const latency = await measureLatency(folder);
    return {
      passed,
      lines: LINES,
      linesPerSecond: Math.round(LINES / median(seconds)),
      peakMegabytes,
      runs: RUNS,
      quietLines: latency.lines,
      latencyP50Ms: latency.p50Ms,
      latencyP99Ms: latency.p99Ms,
      latencyMaxMs: latency.maxMs,
      cores: availableParallelism(),
      node: process.version,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs `traffic --out` and `traffic --stream` on a time span, as commands: a million lines each. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtFile } from '../core/package-root';
import type { Accepted } from './flaky-firehose';
import { type CommandRun, runCommand } from './million-lines';
import { median, type Report } from './report';

const LINES = 1_000_000;
const RUNS = 3;
const SPAN = ['--from', '2026-11-01', '--rate', '50', '--errors', '0.2', '--requests', String(LINES), '--json'];

export async function benchTrafficOutputs(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-traffic-'));
  try {
    const [log, packed] = [join(folder, 'access_log'), join(folder, 'access_log.gz')];
    const out = await runAll('--out', () => ['--out', log]);
    const gz = await runAll('--out, packed', () => ['--out', packed]);
    const stream = await benchStream();
    return {
      passed: [...out, ...gz].every(isWhole) && stream.passed,
      lines: LINES,
      meanLineBytes: Math.round(statSync(log).size / LINES),
      fileLinesPerSecond: toRate(out),
      filePeakMegabytes: peakOf(out),
      gzipLinesPerSecond: toRate(gz),
      gzipRatio: Number((statSync(log).size / statSync(packed).size).toFixed(1)),
      streamRecordsPerSecond: toRate(stream.runs),
      streamRefusedShare: Number((stream.refused / (LINES * RUNS)).toFixed(3)),
      streamLost: stream.lost,
      streamTwice: stream.twice,
      streamPeakMegabytes: peakOf(stream.runs),
      runs: RUNS,
      cores: availableParallelism(),
      node: process.version,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function benchStream() {
  const endpoint = fork(builtFile('bench', 'flaky-firehose.js'));
  try {
    const [port] = (await once(endpoint, 'message')) as [number];
    const accepted: Accepted[] = [];
    const runs = await runAll(
      '--stream',
      () => ['--stream', 'clicks', '--endpoint', `http://127.0.0.1:${port}`],
      async () => {
        accepted.push(await askAccepted(endpoint));
      },
    );
    const sum = (count: (one: Accepted) => number) => accepted.reduce((total, one) => total + count(one), 0);
    const [lost, twice] = [sum(({ lines }) => LINES - lines), sum((one) => one.twice)];
    return {
      runs,
      lost,
      twice,
      refused: sum((one) => one.refused),
      passed: runs.every(isWhole) && lost === 0 && twice === 0,
    };
  } finally {
    endpoint.disconnect();
  }
}

async function askAccepted(endpoint: ChildProcess): Promise<Accepted> {
  endpoint.send('how many?');
  const [accepted] = (await once(endpoint, 'message')) as [Accepted];
  return accepted;
}

async function runAll(name: string, toArgs: () => readonly string[], after = async () => {}): Promise<CommandRun[]> {
  const runs: CommandRun[] = [];
  for (let run = 1; run <= RUNS; run++) {
    process.stderr.write(`${name}: run ${run} of ${RUNS} …\n`);
    runs.push(await runCommand([...SPAN, ...toArgs()], 'pipe', ['traffic', 'cli.js']));
    await after();
  }
  return runs;
}

const isWhole = ({ stdout }: CommandRun) => JSON.parse(stdout).answered === LINES;
/** Includes the start of the process. */
const toRate = (runs: readonly CommandRun[]) => Math.round(LINES / median(runs.map(({ seconds }) => seconds)));
const peakOf = (runs: readonly CommandRun[]) => Math.max(...runs.map(({ peakMegabytes }) => peakMegabytes));

/** Measures `clickstreamy verify` as a user runs it, on a million events in the embedded store and in each engine. The engines need Java and Maven. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { LINES, runCommand } from './million-lines';
import { median, type Report } from './report';
import { ENGINES, type EngineName, startNode } from './start-node';

const RUNS = 3;
/** A small server's flags: half the heap that the engine has on a domain's node of 4 GB. */
const JVM = ['-Xms1g', '-Xmx1g', '-XX:-UseSerialGC', '-XX:+UseG1GC', '-XX:TieredStopAtLevel=4'];

export async function benchVerify(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-verify-'));
  try {
    const [log, ledger] = [join(folder, 'access_log'), join(folder, 'ledger.json')];
    process.stderr.write(`making ${LINES} lines …\n`);
    const plan = ['--rate', '500', '--requests', String(LINES), '--errors', '0.2', '--from', '2026-11-01'];
    await runCommand(['--out', log, ...plan, '--ledger', ledger], 'pipe', ['traffic', 'cli.js']);
    const figures: Record<string, number> = {};
    let passed = true;
    for (const name of ['duckdb', ...ENGINES] as const) {
      process.stderr.write(`${name} …\n`);
      const home = join(folder, name);
      mkdirSync(home);
      const seen = name === 'duckdb' ? await inFolder(home, log, ledger) : await inEngine(name, home, log, ledger);
      figures[`${name}: seconds`] = Math.round(median(seen.seconds) * 100) / 100;
      figures[`${name}: peak megabytes`] = seen.peakMegabytes;
      passed &&= seen.passed;
      rmSync(home, { recursive: true });
    }
    return { passed, events: LINES, runs: RUNS, ...figures, cores: availableParallelism(), node: process.version };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Seen {
  readonly passed: boolean;
  readonly seconds: readonly number[];
  readonly peakMegabytes: number;
}

async function inFolder(home: string, log: string, ledger: string): Promise<Seen> {
  await runCommand(['local', '--log', log, '--once', '--ui-port', '0', '--data', home]);
  return verify(ledger, home);
}

async function inEngine(name: EngineName, home: string, log: string, ledger: string): Promise<Seen> {
  const node = await startNode(name, home, JVM);
  try {
    await runCommand(['local', '--log', log, '--once', '--ui-port', '0', '--store', node.url]);
    return await verify(ledger, node.url);
  } finally {
    await node.stop();
  }
}

async function verify(ledger: string, store: string): Promise<Seen> {
  const seconds: number[] = [];
  let peakMegabytes = 0;
  let passed = true;
  for (let run = 0; run < RUNS; run++) {
    const ended = await runCommand(['verify', '--ledger', ledger, '--store', store, '--json']);
    const { balanced, stored } = JSON.parse(ended.stdout) as { balanced: boolean; stored: number };
    passed &&= balanced && stored === LINES;
    seconds.push(ended.seconds);
    peakMegabytes = Math.max(peakMegabytes, ended.peakMegabytes);
  }
  return { passed, seconds, peakMegabytes };
}

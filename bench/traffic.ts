/**
 * Runs `traffic` against a small local server: how exact it is at 50, 500 and 5,000 requests a second, with replies at once and
 * after a second, what it costs, and how fast it is at full speed compared with plain autocannon. The server takes the times.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { builtFile } from '../core/package-root';
import type { TrafficReport } from '../traffic/traffic-report';
import { median, type Report } from './report';
import type { RunOrder } from './traffic-run';

const ROUNDS = 3;
const RATES = [50, 500, 5000];
const SECONDS = 10;
const ERRORS = 0.2;
const MAX = { seconds: 5, connections: 64 };

interface Paced {
  /** Whether all requests were sent and answered, and every fifth was an error. */
  readonly isExact: boolean;
  /** Deviation of the worst 1-second bin in percent of the rate; 0 if it is a single request. */
  readonly worstSecondPercent: number;
  /** Requests in the busiest 100 ms / their even share. */
  readonly busiest100Ms: number;
  readonly lagP99Ms: number;
  readonly cpuPercent: number;
}

export async function benchTraffic(): Promise<Report> {
  const figures: Record<string, number> = {};
  let passed = true;
  for (const [delayMs, name] of [
    [0, ''],
    [1000, 'Slow'],
  ] as const) {
    for (const rate of RATES) {
      const rounds = await repeat(`${rate} a second, replies after ${delayMs} ms`, () => runPaced(rate, delayMs));
      const medianOf = (figure: (round: Paced) => number) => Number(median(rounds.map(figure)).toFixed(2));
      passed &&= rounds.every(({ isExact }) => isExact);
      const key = `at${rate}${name}`;
      figures[`${key}WorstSecondPercent`] = medianOf(({ worstSecondPercent }) => worstSecondPercent);
      figures[`${key}Busiest100Ms`] = medianOf(({ busiest100Ms }) => busiest100Ms);
      figures[`${key}LagP99Ms`] = medianOf(({ lagP99Ms }) => lagP99Ms);
      figures[`${key}CpuPercent`] = medianOf(({ cpuPercent }) => cpuPercent);
    }
  }
  const speeds = await repeat('full speed', runMax);
  passed &&= speeds.every(({ isWhole }) => isWhole);
  return {
    passed,
    ...figures,
    maxPerSecond: Math.round(median(speeds.map(({ traffic }) => traffic))),
    plainAutocannonPerSecond: Math.round(median(speeds.map(({ plain }) => plain))),
    maxOfPlain: Number(median(speeds.map(({ traffic, plain }) => traffic / plain)).toFixed(2)),
    rounds: ROUNDS,
    cores: availableParallelism(),
    node: process.version,
  };
}

async function repeat<T>(what: string, run: () => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    process.stderr.write(`${what}: ${round} of ${ROUNDS} …\n`);
    results.push(await run());
  }
  return results;
}

async function runPaced(rate: number, delayMs: number): Promise<Paced> {
  return withSite(delayMs, async (site, url) => {
    const order: RunOrder = { tool: 'traffic', options: { url, rate, seconds: SECONDS, errors: ERRORS } };
    const { result, cpuShare } = await runOrder<TrafficReport>(order);
    site.send('arrivals');
    const [arrivals] = (await once(site, 'message')) as [number[]];
    const { sent, answered, lost, byStatus, lagMs } = result;
    const planned = rate * SECONDS;
    return {
      isExact: sent === planned && answered === planned && lost === 0 && byStatus['500'] === planned * ERRORS,
      worstSecondPercent: worstBin(arrivals, rate),
      busiest100Ms: Math.max(...countBins(arrivals, rate, 100)) / (rate / 10),
      lagP99Ms: lagMs.p99,
      cpuPercent: 100 * cpuShare,
    };
  });
}

async function runMax() {
  return withSite(0, async (_site, url) => {
    const { result } = await runOrder<TrafficReport>({ tool: 'traffic', options: { url, max: true, ...MAX } });
    const plain = await runOrder<{ rate: number }>({ tool: 'autocannon', options: { url, ...MAX } });
    const { rate, lost, answered, sent } = result;
    return { traffic: rate, plain: plain.result.rate, isWhole: lost === 0 && answered === sent };
  });
}

function worstBin(arrivals: readonly number[], rate: number): number {
  const off = countBins(arrivals, rate, 1000)
    .slice(0, SECONDS)
    .map((count) => Math.abs(count - rate));
  const most = Math.max(...off);
  return most <= 1 ? 0 : (100 * most) / rate;
}

/** Counts from the plan's start, which the request that is least late reveals: none comes before its time. */
function countBins(arrivals: readonly number[], rate: number, binMs: number): readonly number[] {
  const toStart = (atMs: number, slot: number) => atMs - (1000 * (slot + 0.5)) / rate;
  const startMs = arrivals.map(toStart).reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  const bins: number[] = [];
  for (const atMs of arrivals) {
    const bin = Math.floor((atMs - startMs) / binMs);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return Array.from(bins, (count) => count ?? 0);
}

async function withSite<T>(delayMs: number, use: (site: ChildProcess, url: string) => Promise<T>): Promise<T> {
  const site = fork(builtFile('bench', 'traffic-site.js'), [String(delayMs)]);
  try {
    const [port] = (await once(site, 'message')) as [number];
    return await use(site, `http://127.0.0.1:${port}`);
  } finally {
    site.kill();
  }
}

async function runOrder<T>(order: RunOrder): Promise<{ readonly result: T; readonly cpuShare: number }> {
  const child = fork(builtFile('bench', 'traffic-run.js'));
  child.send(order);
  const [answer] = (await once(child, 'message')) as [{ result: T; cpuShare: number }];
  return answer;
}

/** Measures how long a line takes from the log into the store at a low rate: appends lines, and polls the page for what is stored. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { renderLogLine } from '../click/log-format';
import { ToolkitError } from '../core/errors';
import { builtFile } from '../core/package-root';

const LINES = 750;
const LINES_PER_SECOND = 50;
const POLL_MS = 10;
/** A line that takes longer is lost, or the machine is unfit for measuring. */
const TIMEOUT_MS = 30_000;

export interface Latency {
  readonly lines: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** @throws ToolkitError BENCH_FAILED */
export async function measureLatency(folder: string): Promise<Latency> {
  const log = join(folder, 'quiet_log');
  writeFileSync(log, '');
  const args = ['local', '--log', log, '--ui-port', '0', '--data', join(folder, 'quiet')];
  const child = spawn(process.execPath, [builtFile('cli.js'), ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  try {
    const page = await addressOf(child);
    const writtenMs = writeLines(log);
    return toLatency(await watchStore(page, writtenMs));
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  if (child.stderr !== null) {
    for await (const line of createInterface({ input: child.stderr })) {
      const page = /^page\s+(http:\S+)/.exec(line)?.[1];
      if (page !== undefined) return page;
      said.push(line);
    }
  }
  throw new ToolkitError('BENCH_FAILED', 'clickstreamy local did not start.', said.join('\n'));
}

/** @returns when each line was written; the array grows as lines are written. */
function writeLines(log: string): number[] {
  const writtenMs: number[] = [];
  const startedMs = performance.now();
  const writing = setInterval(() => {
    const due = Math.min(LINES, ((performance.now() - startedMs) / 1000) * LINES_PER_SECOND);
    while (writtenMs.length < due) {
      const request = `GET /products/?n=${writtenMs.length} HTTP/1.1`;
      const line = { host: '203.0.113.7', time: new Date(), request, status: 200, bytes: 5, userAgent: 'bench' };
      writtenMs.push(performance.now());
      appendFileSync(log, `${renderLogLine(line)}\n`);
    }
    if (writtenMs.length === LINES) clearInterval(writing);
  }, 1000 / LINES_PER_SECOND);
  return writtenMs;
}

/** @returns each line's latency: lines are stored in the order in which they were written. */
async function watchStore(page: string, writtenMs: readonly number[]): Promise<readonly number[]> {
  const takenMs: number[] = [];
  while (takenMs.length < LINES) {
    const stored = await storedOf(page);
    const nowMs = performance.now();
    for (const written of writtenMs.slice(takenMs.length, stored)) takenMs.push(nowMs - written);
    const oldest = writtenMs[takenMs.length] ?? nowMs;
    if (nowMs - oldest > TIMEOUT_MS)
      throw new ToolkitError(
        'BENCH_FAILED',
        `Only ${stored} of ${writtenMs.length} lines are stored.`,
        'Run it again.',
      );
    await sleep(POLL_MS);
  }
  return takenMs;
}

async function storedOf(page: string): Promise<number> {
  const reply = await fetch(new URL('api/overview?minutes=1', page));
  const { status } = (await reply.json()) as { status: { stored: number } };
  return status.stored;
}

function toLatency(takenMs: readonly number[]): Latency {
  const sorted = takenMs.map(Math.round).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { lines: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

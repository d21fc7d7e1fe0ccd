/**
 * Writes the plan as access lines: what a site would have logged, without a site.
 *
 * A live run goes by the clock; a time span and `max` go as fast as the sink takes lines. A line counts as sent only once
 * its fate is known, so that the ledger holds exactly what was written.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolkitError } from '../../core/errors';
import type { OutputEnd, OutputResult, Recorder, TrafficOutput } from '../output';
import type { PlannedRequest } from '../plan';
import { AccessLines, type AccessLinesOptions } from './access-lines';
import type { BlockFates, LineBlock, LineSink, SinkFactory } from './line-sink';

export interface LineOutputOptions extends Omit<AccessLinesOptions, 'idSeed'> {
  readonly seed: string;
  /** When the plan begins, in the past or the future; the lines are then made at full speed. @default now, by the clock */
  readonly from?: Date | undefined;
  /** Full speed for this long, each line with the time at which it is made. */
  readonly max?: { readonly seconds: number } | undefined;
}

/** About 1,400 lines: enough for a write or for gzip, few enough that their requests are garbage while still young. */
const BLOCK_BYTES = 512 * 1024;

export function toLineOutput(options: LineOutputOptions, factory: SinkFactory): TrafficOutput {
  return {
    probe: () => factory.probe(),
    run: async (plan, recorder, signal) => {
      const sink = await factory.open();
      const run = new LineRun(options, sink, recorder, signal);
      try {
        return await run.write(plan);
      } finally {
        plan.return?.();
        await sink.close();
      }
    },
  };
}

/** A block and its requests, until its fate is known. */
interface Gathered extends LineBlock {
  readonly requests: readonly PlannedRequest[];
  readonly sentAtMs: number;
  /** The buffer behind `bytes`, to be reused. */
  readonly buffer: Buffer;
}

class LineRun {
  readonly #options: LineOutputOptions;
  readonly #sink: LineSink;
  readonly #recorder: Recorder;
  readonly #signal: AbortSignal | undefined;
  readonly #startedAt: Date;
  readonly #startMs: number;
  readonly #lines: AccessLines;
  #made: PlannedRequest | undefined;
  #madeBytes = 0;
  readonly #free: Buffer[] = [];
  readonly #isLive: boolean;
  readonly #endMs: number;
  readonly #underWay = new Set<Promise<void>>();
  #due = 0;
  #gatheredAtMs = -1;
  #fault: ToolkitError | undefined;
  #settled = Promise.resolve();

  constructor(options: LineOutputOptions, sink: LineSink, recorder: Recorder, signal: AbortSignal | undefined) {
    this.#options = options;
    this.#sink = sink;
    this.#recorder = recorder;
    this.#signal = signal;
    const { run, seed, url, from, max } = options;
    this.#isLive = from === undefined && max === undefined;
    this.#endMs = (max?.seconds ?? Number.POSITIVE_INFINITY) * 1000;
    // The same time span gives the same lines again; two live runs of one name do not.
    const idSeed = `${run} ${seed} ${from === undefined ? `now ${Date.now()} ${Math.random()}` : from.getTime()}`;
    this.#lines = new AccessLines({ run, url, idSeed });
    // Last, so that the plan's clock starts together with the recorder's.
    this.#startedAt = from ?? new Date();
    this.#startMs = performance.now();
  }

  async write(plan: Iterator<PlannedRequest>): Promise<OutputResult> {
    const stop = () => this.#sink.stop();
    this.#signal?.addEventListener('abort', stop, { once: true });
    this.#recorder.onStart(this.#startedAt);
    let next = pull(plan);
    while (next !== undefined && this.#goesOn && this.#nowMs() < this.#endMs) {
      // A line that did not fit into the last block is due already.
      if (this.#isLive && next.atMs > this.#gatheredAtMs) await this.#untilDue(next);
      if (!this.#goesOn) break;
      const block = this.#gather(next, plan);
      next = block.next;
      if (block.gathered.requests.length > 0) this.#put(block.gathered);
      else this.#free.push(block.gathered.buffer);
      while (this.#underWay.size >= this.#sink.parallel) await Promise.race(this.#underWay);
    }
    await Promise.all(this.#underWay);
    this.#signal?.removeEventListener('abort', stop);
    const fault = this.#fault;
    const end: OutputEnd =
      fault !== undefined ? 'broken' : this.#signal?.aborted && next !== undefined ? 'stopped' : 'complete';
    return { end, due: this.#due, fault, figures: this.#sink.figures() };
  }

  get #goesOn(): boolean {
    return this.#fault === undefined && this.#signal?.aborted !== true;
  }

  async #untilDue({ atMs }: PlannedRequest): Promise<void> {
    const waitMs = Math.max(this.#sink.gatherMs, atMs - this.#nowMs());
    await sleep(Math.ceil(waitMs), undefined, this.#signal && { signal: this.#signal }).catch(() => {});
  }

  /** Makes lines until the block is full, or until no more are due. */
  #gather(first: PlannedRequest, plan: Iterator<PlannedRequest>) {
    const sentAtMs = this.#nowMs();
    this.#gatheredAtMs = sentAtMs;
    const requests: PlannedRequest[] = [];
    const ends: number[] = [];
    const buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    let at = 0;
    let next: PlannedRequest | undefined = first;
    while (next !== undefined && !(this.#isLive && next.atMs > sentAtMs)) {
      // `make` must be called once for each request: a line that did not fit is made already.
      if (this.#made !== next) this.#madeBytes = this.#lines.make(next);
      this.#made = next;
      if (at + this.#madeBytes > buffer.length) break;
      this.#lines.copyTo(buffer, at, this.#timeOf(next, sentAtMs));
      at += this.#madeBytes;
      ends.push(at);
      requests.push(next);
      next = pull(plan);
    }
    this.#due += requests.length;
    return { next, gathered: { requests, ends, bytes: buffer.subarray(0, at), buffer, sentAtMs } };
  }

  #timeOf({ atMs }: PlannedRequest, nowMs: number): number {
    return this.#startedAt.getTime() + (this.#options.max ? nowMs : atMs);
  }

  #put(block: Gathered): void {
    const fates = this.#sink.put(block);
    // Settled in the order of the blocks, since the recorder counts second by second.
    this.#settled = this.#settled.then(async () => this.#settle(block, await fates));
    const settled = this.#settled.finally(() => this.#underWay.delete(settled));
    this.#underWay.add(settled);
  }

  #settle({ requests, sentAtMs, buffer }: Gathered, fates: BlockFates): void {
    const settledAtMs = this.#nowMs();
    let place = 0;
    for (const request of requests) {
      const fate = fates.fateOf(place++);
      if (fate === 'unsent') continue;
      // The ledger counts in the minute that the line says.
      const lineAtMs = this.#options.max ? sentAtMs : request.atMs;
      this.#recorder.onSent(request, this.#isLive ? sentAtMs : lineAtMs, false);
      if (fate !== 'taken') this.#recorder.onLost(request, fate);
      else {
        const latencyMs = this.#isLive ? settledAtMs - request.atMs : 0;
        this.#recorder.onAnswer({ request, seen: request.expect, sentAtMs: lineAtMs, latencyMs });
      }
    }
    this.#fault ??= fates.error;
    this.#free.push(buffer);
  }

  #nowMs(): number {
    return performance.now() - this.#startMs;
  }
}

function pull(plan: Iterator<PlannedRequest>): PlannedRequest | undefined {
  const { done, value } = plan.next();
  return done ? undefined : value;
}

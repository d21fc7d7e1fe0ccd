/**
 * Sends a plan over HTTP behind one clock.
 *
 * The schedule is absolute: each request has its time from the run's start, and no reply, late timer or lost connection
 * moves another one (open model). Only the requests of one visitor wait for each other: if the site takes longer than the
 * visitor thinks, the next request is sent right after the reply and counted as late.
 * Latency counts from the intended start, so it includes any kind of waiting.
 *
 * At full speed (`max`) there is no clock: a free connection takes the plan's next request (closed loop), and latency counts
 * from the sending.
 *
 * A request without a reply is lost and never sent again, since the site may have taken it. Only a refused connection, over
 * which nothing was sent, is retried.
 */
import { Breaker } from './breaker';
import type { Reply } from './connection';
import { ConnectionPool, type PoolOptions } from './connection-pool';
import type { OutputEnd, OutputResult, Recorder } from './output';
import type { PlannedRequest } from './plan';
import type { Sender } from './request-text';
import { Session } from './session';

export interface DriverOptions extends PoolOptions, Sender {
  /** Full speed, for this many seconds at most; Infinity: to the plan's end. */
  readonly max?: { readonly seconds: number } | undefined;
  /** Connections to open before the clock starts, as many as the schedule needs at once. @default 0 */
  readonly warmConnections?: number | undefined;
  /** Ends the run: nothing more is sent; requests under way may still be answered. */
  readonly signal?: AbortSignal | undefined;
}

/** How long a stopped run waits for outstanding replies. */
const STOP_MS = 2000;
/** Pauses before a refused connection is retried. core/retry.ts cannot do this: when a run stops, the requests that are pausing have to be counted. */
const RETRY_MS = [100, 300];
/** At full speed, how many requests may wait for their visitor's reply before the plan waits too. */
const MAX_LATE = 1000;

export interface DriveResult extends OutputResult {
  /** Requests retried after a refused connection. */
  readonly retried: number;
}

export async function driveTraffic(
  plan: Iterator<PlannedRequest>,
  options: DriverOptions,
  recorder: Recorder,
  pool = new ConnectionPool(options),
): Promise<DriveResult> {
  await pool.warm(options.warmConnections ?? 0, options.signal);
  return new Promise((resolve, reject) => new Drive(plan, options, recorder, pool, resolve, reject).start());
}

class Drive {
  readonly #plan: Iterator<PlannedRequest>;
  readonly #options: DriverOptions;
  readonly #recorder: Recorder;
  readonly #resolve: (result: DriveResult) => void;
  readonly #reject: (error: unknown) => void;
  readonly #pool: ConnectionPool;
  readonly #breaker = new Breaker();
  readonly #sessions = new Map<number, Session>();
  /** Requests that were refused and not sent again yet; one without a timer waits for a connection. */
  readonly #refused = new Map<PlannedRequest, NodeJS.Timeout | undefined>();
  readonly #startMs = performance.now();
  #next: PlannedRequest | undefined;
  #due = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Requests that are due and have no reply yet. */
  #pending = 0;
  #late = 0;
  #retried = 0;
  #end: OutputEnd | undefined;

  constructor(
    plan: Iterator<PlannedRequest>,
    options: DriverOptions,
    recorder: Recorder,
    pool: ConnectionPool,
    resolve: (result: DriveResult) => void,
    reject: (error: unknown) => void,
  ) {
    this.#plan = plan;
    this.#options = options;
    this.#recorder = recorder;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#pool = pool;
  }

  start(): void {
    const { signal } = this.#options;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#recorder.onStart(new Date());
    if (signal?.aborted) this.#stop('stopped');
    else this.#goOn();
  }

  readonly #onAbort = () => this.#stop('stopped');

  readonly #goOn = () => {
    try {
      if (this.#options.max === undefined) this.#tick();
      else this.#pump(this.#options.max.seconds * 1000);
    } catch (error) {
      this.#finish(() => this.#reject(error));
    }
  };

  /** Sends what is due, and sets a timer for the next request. */
  #tick(): void {
    this.#next ??= this.#pull();
    const nowMs = this.#nowMs();
    for (; this.#next !== undefined && this.#next.atMs <= nowMs; this.#next = this.#pull()) this.#isDue(this.#next);
    if (this.#end !== undefined) return;
    if (this.#next === undefined) this.#complete();
    else this.#timer = setTimeout(this.#goOn, Math.ceil(this.#next.atMs - this.#nowMs()));
  }

  /** Keeps every connection busy. */
  #pump(endMs: number): void {
    const { maxConnections } = this.#options;
    while (this.#end === undefined && this.#pending - this.#late < maxConnections && this.#late < MAX_LATE) {
      this.#next = this.#nowMs() < endMs ? this.#pull() : undefined;
      if (this.#next === undefined) break;
      this.#isDue(this.#next);
    }
    if (this.#next === undefined) this.#complete();
  }

  #pull(): PlannedRequest | undefined {
    const { done, value } = this.#plan.next();
    return done ? undefined : value;
  }

  #isDue(request: PlannedRequest): void {
    this.#due++;
    this.#pending++;
    const { visitor } = request;
    let session = this.#sessions.get(visitor.number);
    if (session === undefined) {
      session = new Session(visitor, this.#options);
      this.#sessions.set(visitor.number, session);
    }
    if (session.waits) {
      this.#late++;
      session.late.push(request);
    } else this.#send(session, request, false);
  }

  /** @param attempt how often the connection was refused, from 0. */
  #send(session: Session, request: PlannedRequest, isLate: boolean, attempt = 0): void {
    session.waits = true;
    this.#pool.acquire((connection) => {
      const sentAtMs = this.#nowMs();
      if (attempt === 0) this.#recorder.onSent(request, sentAtMs, isLate);
      else this.#refused.delete(request);
      connection.send(session.toText(request), (reply) => {
        this.#pool.release(connection);
        this.#onReply(session, request, sentAtMs, reply, attempt);
      });
    });
  }

  #onReply(session: Session, request: PlannedRequest, sentAtMs: number, reply: Reply, attempt: number): void {
    const nowMs = this.#nowMs();
    if (reply.ok) {
      this.#breaker.onAnswer();
      const latencyMs = nowMs - (this.#options.max === undefined ? request.atMs : sentAtMs);
      this.#recorder.onAnswer({ request, seen: session.take(request, reply), sentAtMs, latencyMs });
    } else if (reply.loss === 'refused' && attempt < RETRY_MS.length && this.#end === undefined) {
      this.#retry(session, request, attempt);
      return;
    } else {
      this.#recorder.onLost(request, reply.loss);
      if (this.#breaker.onLoss(reply.loss, sentAtMs, nowMs)) this.#stop('broken');
    }
    this.#pending--;
    session.waits = false;
    const next = session.late.shift();
    if (next !== undefined) {
      this.#late--;
      this.#send(session, next, true);
    } else if (request.last) this.#sessions.delete(session.visitor.number);
    this.#afterReply();
  }

  #afterReply(): void {
    if (this.#end !== undefined) {
      if (this.#pending === 0) this.#settle();
    } else if (this.#next === undefined) this.#complete();
    else if (this.#options.max !== undefined) this.#goOn();
  }

  #retry(session: Session, request: PlannedRequest, attempt: number): void {
    this.#retried++;
    const again = () => {
      this.#refused.set(request, undefined);
      this.#send(session, request, false, attempt + 1);
    };
    this.#refused.set(request, setTimeout(again, RETRY_MS[attempt]));
  }

  #complete(): void {
    if (this.#end !== undefined || this.#pending > 0) return;
    this.#end = 'complete';
    this.#settle();
  }

  /** Sends nothing more; requests under way have a moment left to be answered. */
  #stop(end: OutputEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    clearTimeout(this.#timer);
    for (const { late } of this.#sessions.values()) this.#pending -= late.splice(0).length;
    this.#pending -= this.#pool.forgetWaiting();
    for (const [request, timer] of this.#refused) {
      // One without a timer was counted among those that waited for a connection.
      if (timer !== undefined) this.#pending--;
      clearTimeout(timer);
      this.#recorder.onLost(request, 'refused');
    }
    this.#refused.clear();
    if (this.#pending === 0) this.#settle();
    else this.#timer = setTimeout(() => this.#pool.close(), STOP_MS);
  }

  #settle(): void {
    this.#finish(() => this.#resolve({ end: this.#end ?? 'complete', due: this.#due, retried: this.#retried }));
  }

  #finish(settle: () => void): void {
    this.#end ??= 'broken';
    clearTimeout(this.#timer);
    for (const timer of this.#refused.values()) clearTimeout(timer);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#plan.return?.();
    settle();
    this.#pool.close();
  }

  #nowMs(): number {
    return performance.now() - this.#startMs;
  }
}

/**
 * Sends a plan over HTTP behind one clock.
 *
 * The schedule is absolute: each request has its time from the run's start, and no reply, late timer or lost connection
 * moves another's (open model). Only the requests of one visitor are in order: where the site takes longer than the visitor
 * thinks, the next request waits for the reply, is sent at once after it, and is counted as late.
 * Latency counts from the intended start, so waiting of any kind is in it.
 *
 * At full speed (`max`) there is no clock: whenever a connection is free it takes the plan's next request (closed loop), and
 * latency counts from the sending.
 *
 * What has no reply is counted as lost and never sent again, since the site may have taken it; only a connection that was
 * refused, so that nothing was sent, is tried again.
 */
import { Breaker } from './breaker';
import type { Reply } from './connection';
import { ConnectionPool, type PoolOptions } from './connection-pool';
import type { OutputEnd, OutputResult, Recorder } from './output';
import type { PlannedRequest } from './plan';
import type { Sender } from './request-text';
import { Session } from './session';

export interface DriverOptions extends PoolOptions, Sender {
  /** No clock, and this long at most, in seconds; Infinity: to the plan's end. */
  readonly max?: { readonly seconds: number } | undefined;
  /** Opened before the clock starts, as many as the schedule will need at once. @default 0 */
  readonly warmConnections?: number | undefined;
  /** Ends the run: nothing more is sent, what is under way may still be answered. */
  readonly signal?: AbortSignal | undefined;
}

/** How long a stopped run waits for the replies under way. */
const STOP_MS = 2000;
/** When a refused connection is tried again. */
const RETRY_MS = [100, 300];
/** How many requests may wait for their visitors at full speed, before the plan does. */
const MAX_LATE = 1000;

export interface DriveResult extends OutputResult {
  /** Connections that were refused and tried again. */
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
  /** Refused and not yet sent again; without a timer it waits for a connection. */
  readonly #refused = new Map<PlannedRequest, NodeJS.Timeout | undefined>();
  readonly #startMs = performance.now();
  #next: PlannedRequest | undefined;
  #due = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Due and without reply. */
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

  /** Sends what is due, and comes again when the next one is. */
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

  /** @param attempt from 0: how often the connection was refused. */
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

  /** Nothing more is sent; what is under way has a moment left to be answered. */
  #stop(end: OutputEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    clearTimeout(this.#timer);
    for (const { late } of this.#sessions.values()) this.#pending -= late.splice(0).length;
    this.#pending -= this.#pool.forgetWaiting();
    for (const [request, timer] of this.#refused) {
      // Without a timer it was among those that waited for a connection.
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

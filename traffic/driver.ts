/**
 * Sends a plan over HTTP behind one clock.
 *
 * The schedule is absolute: each request has its time from the run's start, and no reply, late timer or lost connection
 * moves another's (open model). Only the requests of one visitor are in order: where the site takes longer than the visitor
 * thinks, the next request waits for the reply, is sent at once after it, and is counted as late.
 * Latency counts from the intended start, so waiting of any kind is in it.
 */
import { isSignedInAfter, toClick, toUser } from './click';
import type { Connection, Reply } from './connection';
import { ConnectionPool, type PoolOptions } from './connection-pool';
import { CookieJar } from './cookie-jar';
import type { Loss, OutputEnd, OutputResult, Recorder } from './output';
import type { PlannedRequest, Visitor } from './plan';
import { type Sender, toRequestText, toVisitorHead } from './request-text';

export interface DriverOptions extends PoolOptions, Sender {
  /** Ends the run: nothing more is sent, what is under way may still be answered. */
  readonly signal?: AbortSignal | undefined;
}

/** The site is given up when this many requests in a row were lost, over at least that time. */
const BREAKER = { losses: 20, ms: 3000 };
/** How long a stopped run waits for the replies under way. */
const STOP_MS = 2000;

/** What the site gave a visitor, and what the visitor is waiting for. */
interface Session {
  readonly visitor: Visitor;
  /** What all of the visitor's requests say. */
  readonly head: string;
  readonly jar: CookieJar;
  readonly late: PlannedRequest[];
  signedIn: boolean;
  waits: boolean;
}

export function driveTraffic(
  plan: Iterator<PlannedRequest>,
  options: DriverOptions,
  recorder: Recorder,
): { readonly result: Promise<OutputResult>; readonly pool: ConnectionPool } {
  const pool = new ConnectionPool(options);
  const result = new Promise<OutputResult>((resolve, reject) =>
    new Drive(plan, options, recorder, pool, resolve, reject).start(),
  );
  return { result, pool };
}

class Drive {
  readonly #plan: Iterator<PlannedRequest>;
  readonly #options: DriverOptions;
  readonly #recorder: Recorder;
  readonly #resolve: (result: OutputResult) => void;
  readonly #reject: (error: unknown) => void;
  readonly #pool: ConnectionPool;
  readonly #sessions = new Map<number, Session>();
  readonly #startMs = performance.now();
  #next: PlannedRequest | undefined;
  #due = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Due and without reply. */
  #pending = 0;
  #losses = { inARow: 0, sinceMs: 0 };
  #end: OutputEnd | undefined;

  constructor(
    plan: Iterator<PlannedRequest>,
    options: DriverOptions,
    recorder: Recorder,
    pool: ConnectionPool,
    resolve: (result: OutputResult) => void,
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
    else this.#tick();
  }

  readonly #onAbort = () => this.#stop('stopped');

  readonly #tick = () => {
    try {
      this.#next ??= this.#pull();
      const nowMs = this.#nowMs();
      for (; this.#next !== undefined && this.#next.atMs <= nowMs; this.#next = this.#pull()) this.#isDue(this.#next);
      if (this.#end !== undefined) return;
      if (this.#next === undefined) this.#complete();
      else this.#timer = setTimeout(this.#tick, Math.ceil(this.#next.atMs - this.#nowMs()));
    } catch (error) {
      this.#finish(() => this.#reject(error));
    }
  };

  #pull(): PlannedRequest | undefined {
    const { done, value } = this.#plan.next();
    return done ? undefined : value;
  }

  #isDue(request: PlannedRequest): void {
    this.#due++;
    this.#pending++;
    const session = this.#sessions.get(request.visitor.number) ?? this.#welcome(request.visitor);
    if (session.waits) session.late.push(request);
    else this.#send(session, request, false);
  }

  #welcome(visitor: Visitor): Session {
    const session: Session = {
      visitor,
      head: toVisitorHead(visitor, this.#options),
      jar: new CookieJar(),
      late: [],
      signedIn: false,
      waits: false,
    };
    this.#sessions.set(visitor.number, session);
    return session;
  }

  #send(session: Session, request: PlannedRequest, isLate: boolean): void {
    session.waits = true;
    this.#pool.acquire((connection) => {
      const sentAtMs = this.#nowMs();
      this.#recorder.onSent(request, sentAtMs, isLate);
      connection.send(toRequestText(request, session.head, session.jar.header, this.#options), (reply) =>
        this.#onReply(session, request, sentAtMs, connection, reply),
      );
    });
  }

  #onReply(session: Session, request: PlannedRequest, sentAtMs: number, connection: Connection, reply: Reply): void {
    if (reply.ok) this.#onAnswer(session, request, sentAtMs, reply);
    else this.#onLoss(request, reply.loss);
    session.waits = false;
    this.#pending--;
    this.#pool.release(connection);
    const next = session.late.shift();
    if (next !== undefined) this.#send(session, next, true);
    else if (request.last) this.#sessions.delete(session.visitor.number);
    if (this.#end !== undefined && this.#pending === 0) this.#settle();
    else if (this.#next === undefined) this.#complete();
  }

  #onAnswer(session: Session, request: PlannedRequest, sentAtMs: number, reply: Extract<Reply, { ok: true }>): void {
    this.#losses.inARow = 0;
    for (const cookie of reply.setCookies) session.jar.keep(cookie);
    const seen = toClick(request.method, request.expect.action, reply.status);
    const user = toUser(seen, session.visitor.user, session.signedIn);
    session.signedIn = isSignedInAfter(seen, session.signedIn);
    this.#recorder.onAnswer({ request, seen: { ...seen, user }, sentAtMs, latencyMs: this.#nowMs() - request.atMs });
  }

  #onLoss(request: PlannedRequest, loss: Loss): void {
    this.#recorder.onLost(request, loss);
    if (loss === 'cut') return;
    if (this.#losses.inARow++ === 0) this.#losses.sinceMs = this.#nowMs();
    const { inARow, sinceMs } = this.#losses;
    if (inARow >= BREAKER.losses && this.#nowMs() - sinceMs >= BREAKER.ms) this.#stop('broken');
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
    if (this.#pending === 0) this.#settle();
    else this.#timer = setTimeout(() => this.#pool.close(), STOP_MS);
  }

  #settle(): void {
    this.#finish(() => this.#resolve({ end: this.#end ?? 'complete', due: this.#due }));
  }

  #finish(settle: () => void): void {
    this.#end ??= 'broken';
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#plan.return?.();
    settle();
    this.#pool.close();
  }

  #nowMs(): number {
    return performance.now() - this.#startMs;
  }
}

/** Retry with exponential backoff and jitter: the one loop behind everything that is retried. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Backoff {
  /** The pause before the second attempt; it doubles with each further one. @default 100 */
  readonly firstMs?: number;
  /** @default 10000 */
  readonly longestMs?: number;
}

/**
 * How long to wait after a failed attempt: doubled each time, then shortened by up to half at random, so that many clients
 * do not come back at the same moment.
 *
 * @param attempt number of the attempt that failed, from 1.
 */
export function toPauseMs(attempt: number, { firstMs = 100, longestMs = 10_000 }: Backoff = {}): number {
  return Math.min(longestMs, firstMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}

/** The result of one attempt. */
export type Attempt<T> = { readonly value: T } | { readonly error: unknown };

export interface RetryOptions<T> {
  /** Whether to try again. @default after every error */
  readonly again?: (outcome: Attempt<T>, attempt: number) => boolean;
  /** @default no limit */
  readonly attempts?: number;
  /** No attempt begins later than this after the first one; the last pause is shortened to fit. @default no limit */
  readonly withinMs?: number;
  /** Or the pause in milliseconds after an attempt that failed. */
  readonly backoff?: Backoff | ((attempt: number) => number);
  /** Ends the pause; the last attempt is then final. */
  readonly signal?: AbortSignal;
  /** Used instead of `signal`. Ends the pause, and the next attempt is made at once; `again` decides whether it is the last. */
  readonly wake?: AbortSignal;
}

/**
 * Runs `work` until `again` says no, or attempts or time run out.
 *
 * @param work is given the attempt's number, from 1.
 * @returns the last attempt's value. @throws the last attempt's error.
 */
export async function retry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions<T>): Promise<T> {
  const { again = isError, attempts = Number.POSITIVE_INFINITY, withinMs = Number.POSITIVE_INFINITY } = options;
  const { backoff, signal, wake = signal } = options;
  const isAborted = () => signal?.aborted === true;
  const startMs = performance.now();
  for (let attempt = 1; ; attempt++) {
    const outcome = await work(attempt).then(
      (value): Attempt<T> => ({ value }),
      (error: unknown): Attempt<T> => ({ error }),
    );
    const leftMs = withinMs - (performance.now() - startMs);
    const isOver = attempt >= attempts || leftMs <= 0 || isAborted();
    if (isOver || !again(outcome, attempt)) return settle(outcome);
    const pauseMs = Math.min(leftMs, typeof backoff === 'function' ? backoff(attempt) : toPauseMs(attempt, backoff));
    await sleep(pauseMs, undefined, wake && { signal: wake }).catch(() => {});
    if (isAborted()) return settle(outcome);
  }
}

function isError(outcome: Attempt<unknown>): boolean {
  return 'error' in outcome;
}

function settle<T>(outcome: Attempt<T>): T {
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

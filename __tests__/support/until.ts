import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 10;

export interface Expectation {
  /** What should happen, for the error message; a function is called only if it has not. */
  readonly what: string | (() => string);
  /** @default 20,000: far longer than it takes on a busy machine, so that only a hang fails. */
  readonly deadlineMs?: number;
}

/**
 * Polls a condition that the system under test brings about.
 *
 * @returns the condition's first result that is neither undefined nor false.
 * @throws Error that names `what` after the deadline.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what, deadlineMs = 20_000 }: Expectation,
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const result = await condition();
    if (result !== undefined && result !== false) return result as Exclude<T, undefined | false>;
    if (performance.now() > deadline)
      throw new Error(`Not within ${deadlineMs / 1000} s: ${typeof what === 'string' ? what : what()}`);
    await sleep(POLL_MS);
  }
}

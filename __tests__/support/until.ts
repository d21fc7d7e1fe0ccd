import { setTimeout as sleep } from 'node:timers/promises';

/** The pause between two looks grows, so that a long wait costs a busy machine little. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [5, 50];

export interface Expectation {
  /** What should happen, for the error message; a function is called only if it has not. */
  readonly what: string | (() => string);
  /** @default 120,000: far longer than it takes on a busy machine, so that only a hang fails. */
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
  { what, deadlineMs = 120_000 }: Expectation,
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + deadlineMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, 1.5 * pauseMs)) {
    const result = await condition();
    if (result !== undefined && result !== false) return result as Exclude<T, undefined | false>;
    if (performance.now() > deadline)
      throw new Error(`Not within ${deadlineMs / 1000} s: ${typeof what === 'string' ? what : what()}`);
    await sleep(pauseMs);
  }
}

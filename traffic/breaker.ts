/** Detects that a site has stopped answering, so that the run does not go on only to count losses. */
import type { Loss } from './output';

/** Gives up after this many losses in a row, over at least this time. */
const LOSSES = 20;
const MS = 3000;

export class Breaker {
  #inARow = 0;
  #sinceMs = 0;

  onAnswer(): void {
    this.#inARow = 0;
  }

  /** @param sentAtMs the loss counts from here: a request that timed out was lost all the while. @returns whether to give up. */
  onLoss(loss: Loss, sentAtMs: number, nowMs: number): boolean {
    if (loss === 'cut') return false;
    if (this.#inARow++ === 0) this.#sinceMs = sentAtMs;
    return this.#inARow >= LOSSES && nowMs - this.#sinceMs >= MS;
  }
}

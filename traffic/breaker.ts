/** Says when a site has stopped answering: then a run that goes on would only count losses. */
import type { Loss } from './output';

/** So many requests in a row were lost, over at least that time. */
const LOSSES = 20;
const MS = 3000;

export class Breaker {
  #inARow = 0;
  #sinceMs = 0;

  onAnswer(): void {
    this.#inARow = 0;
  }

  /** @returns whether the site is given up. @param sentAtMs a request that times out has been lost since it was sent. */
  onLoss(loss: Loss, sentAtMs: number, nowMs: number): boolean {
    if (loss === 'cut') return false;
    if (this.#inARow++ === 0) this.#sinceMs = sentAtMs;
    return this.#inARow >= LOSSES && nowMs - this.#sinceMs >= MS;
  }
}

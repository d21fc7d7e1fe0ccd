import { describe, expect, it } from '@jest/globals';
import { Breaker } from '../../traffic/breaker';

/** @returns how many losses it takes, each of a request sent `everyMs` after the one before. */
function lossesUntilBroken(everyMs: number, timeoutMs: number, breaker = new Breaker(), fromMs = 0): number {
  for (let count = 1; count <= 1000; count++) {
    const sentAtMs = fromMs + count * everyMs;
    if (breaker.onLoss('timeout', sentAtMs, sentAtMs + timeoutMs)) return count;
  }
  return Number.POSITIVE_INFINITY;
}

describe('a site is given up', () => {
  it('after 20 losses in a row, if they took 3 seconds', () => {
    expect(lossesUntilBroken(1000, 0)).toBe(20);
    expect(lossesUntilBroken(100, 0)).toBe(31);
  });

  it('at the 20th time-out, if the first waited 3 seconds', () => {
    expect(lossesUntilBroken(20, 4000)).toBe(20);
  });

  it('only if no reply came in between', () => {
    const breaker = new Breaker();
    for (let count = 0; count < 19; count++) breaker.onLoss('refused', 1000 * count, 1000 * count);

    breaker.onAnswer();

    expect(breaker.onLoss('refused', 19_000, 19_000)).toBe(false);
    expect(lossesUntilBroken(1000, 0, breaker, 19_000)).toBe(19);
  });

  it('never for connections that were cut: the site still answers', () => {
    const breaker = new Breaker();

    for (let count = 0; count < 100; count++) expect(breaker.onLoss('cut', 1000 * count, 1000 * count)).toBe(false);
  });
});

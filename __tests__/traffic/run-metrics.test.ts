import { describe, expect, it } from '@jest/globals';
import { createRunMetrics } from '../../traffic/run-metrics';

/** @param sentAt of requests, in ms, all on time. */
function sendAll(sentAt: readonly number[], planned: (second: number) => number) {
  const metrics = createRunMetrics(planned);
  for (const atMs of sentAt) metrics.onSent(atMs, atMs, false);
  return metrics;
}

describe('the worst second', () => {
  it('is 1 if every second is as planned', () => {
    const metrics = sendAll([250, 750, 1250, 1750], () => 2);
    metrics.complete();

    expect(metrics.worstSecond).toBe(1);
  });

  it.each([
    ['too few', [250, 1250, 1750], 0.5],
    ['too many', [250, 500, 750, 1250, 1750], 1.5],
    ['none at all', [250, 750, 2250, 2750], 0],
    ['too few in the last', [250, 750, 1250], 0.5],
  ])('is the one with %s', (_what, sentAt, worst) => {
    const metrics = sendAll(sentAt, () => 2);
    metrics.complete();

    expect(metrics.worstSecond).toBe(worst);
  });

  it('is never one without planned requests, nor one that is not over', () => {
    const metrics = sendAll([500, 1500, 2500], (second) => (second === 1 ? 0 : 1));

    expect(metrics.worstSecond).toBe(1);
  });
});

it('leaves late requests, which wait for their visitor, out of the lag', () => {
  const metrics = createRunMetrics(() => 1);

  metrics.onSent(0, 2, false);
  metrics.onSent(0, 900, true);

  expect(metrics.late).toBe(1);
  expect(metrics.lagMs().max).toBeCloseTo(2, 1);
});

it('has percentiles of the latency, and zeros before the first answer', () => {
  const [some, none] = [createRunMetrics(() => 1), createRunMetrics(() => 1)];

  for (let ms = 1; ms <= 100; ms++) some.onAnswer(ms, ms, 200);

  expect(none.latencyMs()).toEqual({ p50: 0, p90: 0, p99: 0, max: 0 });
  expect(some.latencyMs().p50).toBeCloseTo(50, 0);
  expect(some.latencyMs().p99).toBeCloseTo(99, 0);
  expect(some.latencyMs().max).toBeCloseTo(100, 0);
});

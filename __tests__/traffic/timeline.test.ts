import { expect, it } from '@jest/globals';
import { createTimeline } from '../../traffic/timeline';

it('counts sent, answered and lost requests in a bin for each second', () => {
  const timeline = createTimeline();

  timeline.onSent(100);
  timeline.onSent(2500);
  timeline.onAnswer(300, 200, 200);
  timeline.onAnswer(2900, 400, 503);
  timeline.onLost(2950);

  const none = { sent: 0, answered: 0, errors: 0, lost: 0, p50Ms: 0, p99Ms: 0 };
  expect(timeline.bins()).toEqual([
    { ...none, sent: 1, answered: 1, p50Ms: 200, p99Ms: 200 },
    none,
    { sent: 1, answered: 1, errors: 1, lost: 1, p50Ms: 400, p99Ms: 400 },
  ]);
});

it('makes bins longer instead of more: a run of three hours has at most 600', () => {
  const timeline = createTimeline();
  const seconds = 3 * 3600;

  for (let second = 0; second < seconds; second++) {
    timeline.onSent(second * 1000);
    timeline.onAnswer(second * 1000 + 1, second === 5000 ? 70 : 7, 200);
  }

  const bins = timeline.bins();
  expect(timeline.binSeconds).toBe(32);
  expect(bins.length).toBeLessThanOrEqual(600);
  expect(bins.reduce((sum, { sent }) => sum + sent, 0)).toBe(seconds);
  expect(bins.reduce((sum, { answered }) => sum + answered, 0)).toBe(seconds);
  expect(Math.max(...bins.map(({ p99Ms }) => p99Ms))).toBeCloseTo(70, 0);
});

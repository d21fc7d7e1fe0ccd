import { describe, expect, it } from '@jest/globals';
import { checkThresholds, parseThreshold } from '../../traffic/expect';

const REPORT = {
  rate: 49.96,
  answered: 503,
  errorShare: 100 / 503,
  lost: 0,
  latencyMs: { p50: 1, p90: 2, p99: 499.9, max: 800 },
  lagMs: { p50: 1, p90: 2, p99: 4, max: 9 },
  byStatus: { 200: 403, 500: 100 },
};
const holds = (text: string) => checkThresholds([parseThreshold(text)], REPORT)[0]?.passed;

describe('a threshold', () => {
  it.each([
    ['p99<500', true],
    ['p99 < 499.9', false],
    ['p99<=499.9', true],
    ['latencyMs.p99>499', true],
    ['max>800', false],
    ['max>=800', true],
    ['lagMs.p99=4', true],
    ['lagMs.p99!=4', false],
    ['rate>=49.9', true],
    ['lost=0', true],
    ['byStatus.500=100', true],
    ['byStatus.404=0', true],
    ['byStatus.404>0', false],
  ])('%s holds: %s', (text, passed) => {
    expect(holds(text)).toBe(passed);
  });

  it.each([
    ['errors=0.2', true],
    ['errorShare=0.2', true],
    ['errors=0.201', false],
    ['errors=0.19', false],
    ['errors!=0.2', false],
    ['errors=20%', true],
    ['errorShare = 19.9%', true],
    ['errors=19%', false],
    ['errors<20%', true],
    ['errors>20%', false],
  ])('on a share is exact to one request: %s', (text, passed) => {
    expect(holds(text)).toBe(passed);
  });

  it('takes a percentage to the last digit', () => {
    const [result] = checkThresholds([parseThreshold('errors<=12.3%')], { ...REPORT, errorShare: 0.123 });
    const [other] = checkThresholds([parseThreshold('errors>=12.3%')], { ...REPORT, errorShare: 0.123 });

    expect([result?.passed, other?.passed]).toEqual([true, true]);
  });

  it.each(['p99<20%', 'byStatus.500=20%', 'lost=0%'])('refuses the percentage in %s', (text) => {
    expect(() => parseThreshold(text)).toThrow(
      `--expect '${text}' gives a percentage for a figure that is not a share.\n→ Only errors (the errorShare) is one`,
    );
  });

  it('says what was seen', () => {
    const results = checkThresholds([parseThreshold('p99<100'), parseThreshold('lost=0')], REPORT);

    expect(results).toEqual([
      { expect: 'p99<100', seen: 499.9, passed: false },
      { expect: 'lost=0', seen: 0, passed: true },
    ]);
  });

  it.each([
    '',
    'p99',
    'p99<',
    '<500',
    'p99<fast',
    'p99<500ms',
    'p99=<5',
    'p99<1<2',
    'errors=%',
    'errors=20 %',
    'errors=20%%',
  ])("refuses '%s'", (text) => {
    expect(() => parseThreshold(text)).toThrow(`--expect '${text}' is not a threshold.`);
  });

  it.each(['p95<5', 'byStatus.99=1', 'constructor=1', 'latencyMs=1', 'p99.max<1'])('refuses %s', (text) => {
    expect(() => parseThreshold(text)).toThrow('names a figure that the report does not have');
  });
});

import { expect, it } from '@jest/globals';
import { toProgressLine, toTable } from '../../traffic/report';
import type { TrafficReport } from '../../traffic/traffic-report';

const TIMES = { p50: 1.24, p90: 2, p99: 12.6, max: 40 };
const REPORT: TrafficReport = {
  run: 'r7',
  seed: 'monday',
  end: 'complete',
  rate: 49.99,
  rateAsked: 50,
  seconds: 10.01,
  planned: 500,
  sent: 500,
  late: 0,
  answered: 500,
  unplanned: 0,
  lost: 0,
  errorShare: 0.2,
  errorsPlanned: 100,
  byStatus: { 200: 380, 303: 20, 500: 100 },
  signUps: 8,
  signIns: 12,
  users: 9,
  pageViews: 300,
  latencyMs: TIMES,
  lagMs: TIMES,
  worstSecond: 0.98,
  ledger: null,
  expect: [],
  passed: true,
};

it('shows progress in one line', () => {
  const progress = {
    seconds: 5.02,
    rate: 5000,
    seenRate: 4999.8,
    sent: 25_000,
    planned: 50_000,
    lost: 0,
    errors: 10,
    latencyMs: TIMES,
    connections: undefined,
  };

  expect(toProgressLine(progress)).toBe(
    '5 s   sent 25,000 of 50,000 (50 %)   4,999.8/s of 5,000   errors 10   p50 1.2 ms, p99 13 ms',
  );
  expect(toProgressLine({ ...progress, planned: undefined, lost: 3 })).toMatch(/sent 25,000 {3}.* lost 3 /);
});

it('does not mention in a good run what did not happen', () => {
  const table = toTable(REPORT);

  expect(table).toMatch(/^answered +500: 380 × 200, 20 × 303, 100 × 500$/m);
  expect(table).toMatch(/^errors +20\.00 % of the answers \(100 planned\)$/m);
  expect(table).not.toMatch(/^(?:late|lost|unplanned|ledger) |stopped/m);
});

it('shows what did not go as planned', () => {
  const table = toTable({ ...REPORT, end: 'stopped', late: 1, lost: 2, unplanned: 3, ledger: 'run.json' });

  expect(table).toMatch(/^run +r7, seed monday, stopped early$/m);
  for (const row of [/^late +1 /m, /^lost +2 /m, /^unplanned +3 /m, /^ledger +run\.json$/m]) expect(table).toMatch(row);
});

it('shows full speed without a planned rate', () => {
  const table = toTable({ ...REPORT, rate: 31_234.5, rateAsked: null });

  expect(table).toMatch(/^sent +500 of 500 planned, in 10\.0 s: 31,234\.5\/s, full speed$/m);
  expect(table).not.toMatch(/^(?:worst second|sending lag)/m);
});

it('shows thresholds, and the values of those missed', () => {
  const expected = [
    { expect: 'p99<500', seen: 12.6, passed: true },
    { expect: 'lost=0', seen: 3, passed: false },
  ];

  expect(toTable({ ...REPORT, expect: expected })).toMatch(
    /^expected +p99<500: holds\nexpected +lost=0: no, it is 3$/m,
  );
});

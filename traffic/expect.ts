/**
 * Thresholds: `p99<500`, `errors=20%`, `rate>=49.9`. Each is a figure of the report (`latencyMs.p99`, `byStatus.404`, `lost`) or a
 * short name of one, an operator, and a number; for a share also a percentage.
 */
import { readShare } from '../core/command/values';
import { UsageError } from '../core/errors';

export interface Threshold {
  /** The threshold as given. */
  readonly text: string;
  /** Path of the figure in the report. */
  readonly figure: string;
  readonly operator: Operator;
  readonly value: number;
}

export interface ThresholdResult {
  readonly expect: string;
  /** The figure's value in the run. */
  readonly seen: number;
  readonly passed: boolean;
}

type Operator = '<' | '<=' | '>' | '>=' | '=' | '!=';

/** The figure that is a share, 0 to 1. */
const SHARE = 'errorShare';

const SHORT: Readonly<Record<string, string>> = {
  p50: 'latencyMs.p50',
  p90: 'latencyMs.p90',
  p99: 'latencyMs.p99',
  max: 'latencyMs.max',
  errors: SHARE,
};

const PLAIN = [
  ...['rate', 'rateAsked', 'seconds', 'planned', 'sent', 'late', 'answered', 'unplanned', 'lost', 'errorShare'],
  ...['errorsPlanned', 'signUps', 'signIns', 'users', 'pageViews', 'worstSecond', 'retried', 'connections'],
];
const PERCENTILES = ['latencyMs', 'lagMs'].flatMap((times) =>
  ['p50', 'p90', 'p99', 'max'].map((one) => `${times}.${one}`),
);
const OF_REPORT: KnownFigures = {
  owner: 'report',
  names: new Set([...PLAIN, ...PERCENTILES]),
  listed: [...Object.keys(SHORT), ...PLAIN, 'lagMs.p99'].join(', '),
};
const STATUS = /^byStatus\.[1-5]\d\d$/;

/** The figures that thresholds may name. */
export interface KnownFigures {
  readonly names: ReadonlySet<string>;
  /** Where they come from, for error messages. */
  readonly owner: 'report' | 'store';
  /** The names, for the hint to an unknown one. */
  readonly listed: string;
}

/** @throws UsageError if the text is not a threshold, or names an unknown figure. */
export function parseThreshold(text: string, known: KnownFigures = OF_REPORT): Threshold {
  const [, name = '', operator = '', value = ''] =
    /^\s*([\w.]+)\s*(<=|>=|!=|<|>|=)\s*(-?\d+(?:\.\d+)?%?)\s*$/.exec(text) ?? [];
  if (name === '') {
    throw new UsageError(
      `--expect '${text}' is not a threshold.`,
      'Write a figure, one of < <= > >= = !=, and a number: --expect "p99<500".',
    );
  }
  const figure = SHORT[name] ?? name;
  if (!known.names.has(figure) && !STATUS.test(figure)) {
    throw new UsageError(
      `--expect '${text}' names a figure that the ${known.owner} does not have.`,
      `The figures are ${known.listed}, byStatus.404.`,
    );
  }
  if (value.endsWith('%') && figure !== SHARE) {
    throw new UsageError(
      `--expect '${text}' gives a percentage for a figure that is not a share.`,
      `Only errors (the ${SHARE}) is one; give a number without %.`,
    );
  }
  return { text, figure, operator: operator as Operator, value: readShare(value) };
}

/** Checks each threshold against a report, in order. */
export function checkThresholds(
  thresholds: readonly Threshold[],
  report: Readonly<Record<string, unknown>>,
): ThresholdResult[] {
  return thresholds.map(({ text, figure, operator, value }) => {
    const seen = figureOf(report, figure);
    return { expect: text, seen, passed: HOLDS[operator](seen, value, toleranceOf(figure, report)) };
  });
}

/** 0 for a status that never came. */
function figureOf(report: Readonly<Record<string, unknown>>, path: string): number {
  let value: unknown = report;
  for (const name of path.split('.')) value = (value as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === 'number' ? value : 0;
}

/** A share counts as equal if it is within one request of the value. */
function toleranceOf(figure: string, { answered }: Readonly<Record<string, unknown>>): number {
  return figure === SHARE && typeof answered === 'number' && answered > 0 ? 1 / answered : 1e-9;
}

const HOLDS: Readonly<Record<Operator, (seen: number, value: number, tolerance: number) => boolean>> = {
  '<': (seen, value) => seen < value,
  '<=': (seen, value) => seen <= value,
  '>': (seen, value) => seen > value,
  '>=': (seen, value) => seen >= value,
  '=': (seen, value, tolerance) => Math.abs(seen - value) < tolerance,
  '!=': (seen, value, tolerance) => Math.abs(seen - value) >= tolerance,
};

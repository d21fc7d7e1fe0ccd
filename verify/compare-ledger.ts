/**
 * Compares what was sent with what is stored. Pure: a run's ledger, a store's totals, and the difference.
 *
 * A ledger counts and does not name single requests, so a loss shows only as a count that is too low. Each dimension gives a lower bound
 * of how many clicks are missing and of how many are too many; the highest bound is reported. A request without a reply may be stored or
 * not: such requests never count as missing, and they may explain as many surplus clicks as there are of them.
 */
import { type Counts, DIMENSIONS, type Dimension, type RunTotals } from '../store/store';

/** What the ledgers of one run say: see docs/traffic.md. */
export interface RunLedger {
  readonly run: string;
  readonly sent: number;
  /** Requests that must be stored, each once. */
  readonly answered: number;
  readonly by: Readonly<Record<Dimension, Counts>>;
  readonly sessionsBySize: Counts;
  readonly uncertain: {
    readonly requests: number;
    readonly byPage: Counts;
    readonly byUser: Counts;
    readonly sessions: number;
  };
  /** How far a click's minute may be off: 1 where a clock other than the ledger's wrote it, else 0. */
  readonly minutesOff: 0 | 1;
}

/** A value whose count is not as it should be. */
export interface Difference {
  readonly key: string;
  readonly expected: number;
  /** `expected` plus everything uncertain. */
  readonly most: number;
  readonly stored: number;
}

export interface ComparedDimension {
  readonly by: Dimension | 'session' | 'total';
  /** How many different values there are. */
  readonly values: readonly [expected: number, stored: number];
  readonly lost: number;
  readonly unexplained: number;
  /** Empty if ledger and store agree. */
  readonly differences: readonly Difference[];
}

export interface RunComparison {
  readonly run: string;
  readonly balanced: boolean;
  readonly sent: number;
  readonly answered: number;
  readonly uncertain: number;
  /** Events, each copy counted. */
  readonly stored: number;
  /** At least this many answered requests are not stored. */
  readonly lost: number;
  readonly duplicated: number;
  /** At least this many stored clicks are not in the ledger. */
  readonly unexplained: number;
  readonly dimensions: readonly ComparedDimension[];
}

export function compareLedger(ledger: RunLedger, totals: RunTotals): RunComparison {
  const { run, sent, answered, uncertain } = ledger;
  const { stored, duplicated } = totals;
  const dimensions = [
    compareCounts('total', { all: answered }, { all: stored - duplicated }, { all: uncertain.requests }),
    ...DIMENSIONS.map((by) => compareDimension(by, ledger, totals)),
    compareSessions(ledger, totals),
  ];
  const lost = Math.max(...dimensions.map((dimension) => dimension.lost));
  const unexplained = Math.max(...dimensions.map((dimension) => dimension.unexplained));
  const balanced = lost === 0 && unexplained === 0 && duplicated === 0;
  return {
    ...{ run, balanced, sent, answered, uncertain: uncertain.requests },
    ...{ stored, lost, duplicated, unexplained, dimensions },
  };
}

function compareDimension(by: Dimension, ledger: RunLedger, totals: RunTotals): ComparedDimension {
  const { uncertain } = ledger;
  const [expected, stored] = [ledger.by[by], totals.by[by]];
  if (by === 'page') return compareCounts(by, expected, stored, uncertain.byPage);
  if (by === 'user') return compareCounts(by, expected, stored, uncertain.byUser);
  if (by === 'minute') return compareMinutes(expected, stored, uncertain.requests, ledger.minutesOff);
  return compareCounts(by, expected, stored, uncertain.requests);
}

/** @param uncertain counts by value where they are known, else one count for all. */
function compareCounts(
  by: ComparedDimension['by'],
  expected: Counts,
  stored: Counts,
  uncertain: Counts | number,
): ComparedDimension {
  const [inLedger, inStore] = [toMap(expected), toMap(stored)];
  const ofKey = typeof uncertain === 'number' ? undefined : toMap(uncertain);
  const differences: Difference[] = [];
  let [lost, excess] = [0, 0];
  for (const key of new Set([...inLedger.keys(), ...inStore.keys()])) {
    const [wanted, seen] = [inLedger.get(key) ?? 0, inStore.get(key) ?? 0];
    const most = wanted + (ofKey?.get(key) ?? 0);
    if (seen >= wanted && seen <= most) continue;
    lost += Math.max(0, wanted - seen);
    excess += Math.max(0, seen - most);
    differences.push({ key, expected: wanted, most, stored: seen });
  }
  const spare = typeof uncertain === 'number' ? uncertain : 0;
  return toCompared(by, [inLedger.size, inStore.size], lost, excess, spare, differences);
}

/** Differences that uncertain requests can explain are left out. */
function toCompared(
  by: ComparedDimension['by'],
  values: readonly [number, number],
  lost: number,
  excess: number,
  spare: number,
  differences: readonly Difference[],
): ComparedDimension {
  const unexplained = Math.max(0, excess - spare);
  const isReal = ({ expected, stored }: Difference) => (stored < expected ? lost > 0 : unexplained > 0);
  return { by, values, lost, unexplained, differences: differences.filter(isReal) };
}

/** Near a minute's edge a click may be logged in the next one, so clicks are paired: as many as possible, the earliest first. */
function compareMinutes(expected: Counts, stored: Counts, uncertain: number, minutesOff: number): ComparedDimension {
  const exact = compareCounts('minute', expected, stored, uncertain);
  const [wanted, seen] = [toMinutes(expected), toMinutes(stored)];
  let [lost, excess, at] = [0, 0, 0];
  for (const minute of seen) {
    for (let next = wanted[at]; minute.count > 0 && next !== undefined; next = wanted[at]) {
      if (next.at > minute.at + minutesOff) break;
      if (next.at < minute.at - minutesOff) {
        lost += next.count;
        at++;
        continue;
      }
      const paired = Math.min(next.count, minute.count);
      minute.count -= paired;
      next.count -= paired;
      if (next.count === 0) at++;
    }
    excess += minute.count;
  }
  for (const { count } of wanted.slice(at)) lost += count;
  return toCompared('minute', exact.values, lost, excess, uncertain, exact.differences);
}

const MINUTE_MS = 60_000;

function toMinutes(counts: Counts) {
  const minutes = Object.entries(counts).map(([name, count]) => ({ at: Date.parse(name) / MINUTE_MS, count }));
  return minutes.sort((one, other) => one.at - other.at);
}

/**
 * Sessions have no names that both sides know, only sizes. The longest is paired with the longest and so on: no other pairing needs fewer
 * clicks added or taken away. The size of a session with an uncertain request is unknown, and it may have become two: the ledger's clicks
 * in such sessions, and the uncertain ones, may be in any session.
 */
function compareSessions(ledger: RunLedger, totals: RunTotals): ComparedDimension {
  const { answered, by, uncertain } = ledger;
  const [wanted, seen] = [toSizes(ledger.sessionsBySize), toSizes(totals.sessionsBySize)];
  let [lost, excess] = [0, 0];
  for (let at = 0; at < Math.max(wanted.length, seen.length); at++) {
    const more = (seen[at] ?? 0) - (wanted[at] ?? 0);
    lost += Math.max(0, -more);
    excess += Math.max(0, more);
  }
  const certain = wanted.reduce((sum, size) => sum + size, 0);
  const inUncertain = Math.max(0, answered - (by.action['asset'] ?? 0) - certain);
  const spare = uncertain.sessions === 0 ? 0 : inUncertain + uncertain.requests;
  const { differences } = compareCounts('session', ledger.sessionsBySize, totals.sessionsBySize, 0);
  return toCompared('session', [wanted.length + uncertain.sessions, seen.length], lost, excess, spare, differences);
}

/** The longest first. */
function toSizes(sessionsBySize: Counts): readonly number[] {
  const sizes = Object.entries(sessionsBySize).sort(([one], [other]) => Number(other) - Number(one));
  return sizes.flatMap(([size, sessions]) => Array<number>(sessions).fill(Number(size)));
}

const toMap = (counts: Counts): ReadonlyMap<string, number> =>
  new Map(Object.entries(counts).filter(([, count]) => count > 0));

/** The whole check: compares each run's ledger with the store, repeatedly until late events have arrived, and finds examples of what is wrong. */
import { ToolkitError } from '../core/errors';
import { type Attempt, retry, toPauseMs } from '../core/retry';
import { DIMENSIONS, type Dimension, type EventFacts, FEW, type RunTotals } from '../store/store';
import { checkThresholds, type Threshold, type ThresholdResult } from '../traffic/expect';
import { compareLedger, type RunComparison, type RunLedger } from './compare-ledger';
import { toFigures } from './expected-figures';
import type { RunStore } from './open-run-store';

export interface VerifyOptions {
  readonly store: RunStore;
  readonly ledgers: readonly RunLedger[];
  readonly expect: readonly Threshold[];
  /** The run that `expect` is about. @default all events */
  readonly run?: string | undefined;
  /** How long late events may take. A store that does not grow is not waited for. */
  readonly waitSeconds: number;
  readonly onWait: (missing: number) => void;
}

/** Events with a value that too many events have. */
export interface Examples {
  readonly by: Dimension;
  readonly key: string;
  /** Whether the ledger does not have this value at all: then each of these events is one too many. */
  readonly certain: boolean;
  readonly events: readonly EventFacts[];
}

export interface CheckedRun extends RunComparison {
  /** A few of the request ids that are stored more than once. */
  readonly duplicates: readonly string[];
  readonly examples: readonly Examples[];
}

/** What `verify --json` prints. */
export interface VerifyReport {
  readonly balanced: boolean;
  /** This and the other counts are sums over all runs; those that are null without a ledger come from it. */
  readonly sent: number | null;
  readonly answered: number | null;
  readonly uncertain: number | null;
  readonly stored: number;
  readonly lost: number | null;
  readonly duplicated: number;
  readonly unexplained: number | null;
  readonly store: string;
  readonly runs: readonly CheckedRun[];
  readonly expect: readonly ThresholdResult[];
}

/** @throws ToolkitError of the store. */
export async function verifyLedgers(options: VerifyOptions): Promise<VerifyReport> {
  const { store, ledgers } = options;
  const look = await lookUntilComplete(options);
  const runs: CheckedRun[] = [];
  for (const { comparison, totals } of look.runs) {
    const examples = await readExamples(store, comparison);
    runs.push({ ...comparison, duplicates: totals.duplicates, examples });
  }
  const sum = (name: 'sent' | 'answered' | 'uncertain' | 'stored' | 'lost' | 'duplicated' | 'unexplained') =>
    runs.reduce((total, run) => total + run[name], 0);
  const known = (name: 'sent' | 'answered' | 'uncertain' | 'lost' | 'unexplained') =>
    ledgers.length === 0 ? null : sum(name);
  const duplicated = ledgers.length === 0 ? (look.all?.duplicated ?? 0) : sum('duplicated');
  return {
    balanced: duplicated === 0 && runs.every((run) => run.balanced) && look.expect.every(({ passed }) => passed),
    ...{ sent: known('sent'), answered: known('answered'), uncertain: known('uncertain') },
    stored: ledgers.length === 0 ? (look.all?.stored ?? 0) : sum('stored'),
    ...{ lost: known('lost'), duplicated, unexplained: known('unexplained') },
    ...{ store: store.place, runs, expect: look.expect },
  };
}

interface Look {
  readonly runs: readonly { readonly comparison: RunComparison; readonly totals: RunTotals }[];
  /** Totals of the events that `expect` is about. */
  readonly all: RunTotals | undefined;
  readonly expect: readonly ThresholdResult[];
}

const BACKOFF = { firstMs: 250, longestMs: 5000 };

/** Waits for events that are missing; surplus events do not go away. */
async function lookUntilComplete(options: VerifyOptions): Promise<Look> {
  const { store, waitSeconds, onWait } = options;
  let lookMs = 0;
  const look = async () => {
    const begun = performance.now();
    try {
      return await lookOnce(options);
    } finally {
      lookMs = performance.now() - begun;
    }
  };
  return retry(look, {
    again: (outcome) => {
      const missing = missingIn(outcome);
      if (missing === undefined) return false;
      onWait(missing);
      return true;
    },
    withinMs: store.grows ? waitSeconds * 1000 : 0,
    // Looking never takes more than half of the time.
    backoff: (attempt) => Math.max(toPauseMs(attempt, BACKOFF), lookMs),
  });
}

/** @returns how many events are missing, 0 where only a figure does not hold yet; undefined if looking again would not help. */
function missingIn(outcome: Attempt<Look>): number | undefined {
  // The first event creates its index, and may be late.
  if ('error' in outcome) return isNotThereYet(outcome.error) ? 0 : undefined;
  const { runs, expect } = outcome.value;
  const missing = runs.reduce((sum, { comparison }) => sum + comparison.lost, 0);
  return missing === 0 && expect.every(({ passed }) => passed) ? undefined : missing;
}

const isNotThereYet = (error: unknown) => error instanceof ToolkitError && error.code === 'INDEX_NOT_FOUND';

async function lookOnce({ store, ledgers, expect, run }: VerifyOptions): Promise<Look> {
  const runs = [];
  for (const ledger of ledgers) {
    const totals = await store.readRunTotals(ledger.run);
    runs.push({ totals, comparison: compareLedger(ledger, totals) });
  }
  const known = run === undefined ? undefined : ledgers.findIndex((ledger) => ledger.run === run);
  const wanted = expect.length > 0;
  const all = !wanted ? undefined : (runs[known ?? -1]?.totals ?? (await store.readRunTotals(run)));
  return { runs, all, expect: all === undefined ? [] : checkThresholds(expect, toFigures(all)) };
}

/** Prefers values that the ledger does not have at all: with any other value nobody can tell which of its events are surplus. */
async function readExamples(store: RunStore, { run, dimensions }: RunComparison): Promise<readonly Examples[]> {
  const suspects = dimensions.flatMap(({ by, differences }) =>
    isDimension(by)
      ? differences
          .filter(({ stored, most }) => stored > most)
          .map(({ key, most }) => ({ by, key, certain: most === 0 }))
      : [],
  );
  const unknown = suspects.filter(({ certain }) => certain);
  const examples: Examples[] = [];
  for (const { by, key, certain } of (unknown.length > 0 ? unknown : suspects).slice(0, FEW)) {
    examples.push({ by, key, certain, events: await store.readExamples({ run, by, key }) });
  }
  return examples;
}

const isDimension = (by: string): by is Dimension => (DIMENSIONS as readonly string[]).includes(by);

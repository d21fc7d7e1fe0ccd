/** The whole check: each run's books against the store's sums, again until late events have come, and examples of what is wrong. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ToolkitError } from '../core/errors';
import { DIMENSIONS, type Dimension, type EventFacts, FEW, type RunSums } from '../store/run-sums';
import { checkThresholds, type Threshold, type ThresholdResult } from '../traffic/expect';
import { type Books, type Comparison, compareBooks } from './compare-books';
import { toFigures } from './expected-figures';
import type { RunStore } from './open-run-store';

export interface VerifyOptions {
  readonly store: RunStore;
  readonly books: readonly Books[];
  readonly expect: readonly Threshold[];
  /** Whose events `expect` is about; without it, all that are stored. */
  readonly run?: string | undefined;
  /** How long late events may take; a store that does not grow is not waited for. */
  readonly waitSeconds: number;
  readonly onWait: (missing: number) => void;
}

/** Events with a value that there should be none of, or fewer. */
export interface Examples {
  readonly by: Dimension;
  readonly key: string;
  /** Whether the ledger has none of this value: then each of these events is one too many. */
  readonly certain: boolean;
  readonly events: readonly EventFacts[];
}

export interface RunVerdict extends Comparison {
  /** A few request ids that are stored more than once. */
  readonly duplicates: readonly string[];
  readonly examples: readonly Examples[];
}

export interface Verdict {
  readonly balanced: boolean;
  /** The sums over all runs. Without a ledger `sent`, `lost` and `unexplained` are null. */
  readonly sent: number | null;
  readonly answered: number | null;
  readonly uncertain: number | null;
  readonly stored: number;
  readonly lost: number | null;
  readonly duplicated: number;
  readonly unexplained: number | null;
  readonly store: string;
  readonly runs: readonly RunVerdict[];
  readonly expect: readonly ThresholdResult[];
}

/** @throws ToolkitError of the store. */
export async function verifyBooks(options: VerifyOptions): Promise<Verdict> {
  const { store, books } = options;
  const look = await lookUntilComplete(options);
  const runs: RunVerdict[] = [];
  for (const { comparison, sums } of look.runs) {
    const examples = await readExamples(store, comparison);
    runs.push({ ...comparison, duplicates: sums.duplicates, examples });
  }
  const sum = (name: 'sent' | 'answered' | 'uncertain' | 'stored' | 'lost' | 'duplicated' | 'unexplained') =>
    runs.reduce((total, run) => total + run[name], 0);
  const known = (name: 'sent' | 'answered' | 'uncertain' | 'lost' | 'unexplained') =>
    books.length === 0 ? null : sum(name);
  const duplicated = books.length === 0 ? (look.all?.duplicated ?? 0) : sum('duplicated');
  return {
    balanced: duplicated === 0 && runs.every((run) => run.balanced) && look.expect.every(({ passed }) => passed),
    ...{ sent: known('sent'), answered: known('answered'), uncertain: known('uncertain') },
    stored: books.length === 0 ? (look.all?.stored ?? 0) : sum('stored'),
    ...{ lost: known('lost'), duplicated, unexplained: known('unexplained') },
    ...{ store: store.place, runs, expect: look.expect },
  };
}

interface Look {
  readonly runs: readonly { readonly comparison: Comparison; readonly sums: RunSums }[];
  /** Of what `expect` is about. */
  readonly all: RunSums | undefined;
  readonly expect: readonly ThresholdResult[];
}

const FIRST_PAUSE_MS = 250;

/** Late events are those that are missing; one too many does not go away. */
async function lookUntilComplete(options: VerifyOptions): Promise<Look> {
  const { store, waitSeconds, onWait } = options;
  const deadline = Date.now() + (store.grows ? waitSeconds * 1000 : 0);
  for (let pauseMs = FIRST_PAUSE_MS; ; ) {
    const begun = Date.now();
    const seen = await lookOnce(options).catch((error: unknown) => {
      // An index is made with its first event, which may be late.
      if (error instanceof ToolkitError && error.code === 'INDEX_NOT_FOUND' && begun < deadline) return undefined;
      throw error;
    });
    const missing = seen?.runs.reduce((sum, { comparison }) => sum + comparison.lost, 0) ?? 0;
    const isComplete = seen !== undefined && missing === 0 && seen.expect.every(({ passed }) => passed);
    if (seen !== undefined && (isComplete || Date.now() >= deadline)) return seen;
    onWait(missing);
    // Looking never takes more than half of the time.
    pauseMs = Math.max(Math.min(2 * pauseMs, 5000), Date.now() - begun);
    await sleep(Math.max(0, Math.min(pauseMs, deadline - Date.now())));
  }
}

async function lookOnce({ store: { reader }, books, expect, run }: VerifyOptions): Promise<Look> {
  const runs = [];
  for (const one of books) {
    const sums = await reader.readSums(one.run);
    runs.push({ sums, comparison: compareBooks(one, sums) });
  }
  const known = run === undefined ? undefined : books.findIndex((one) => one.run === run);
  const wanted = expect.length > 0;
  const all = !wanted ? undefined : (runs[known ?? -1]?.sums ?? (await reader.readSums(run)));
  return { runs, all, expect: all === undefined ? [] : checkThresholds(expect, toFigures(all)) };
}

/** Of the values that the ledger does not know at all, if there are any: among others' events nobody can tell which is the one too many. */
async function readExamples({ reader }: RunStore, { run, dimensions }: Comparison): Promise<readonly Examples[]> {
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
    examples.push({ by, key, certain, events: await reader.readExamples({ run, by, key }) });
  }
  return examples;
}

const isDimension = (by: string): by is Dimension => (DIMENSIONS as readonly string[]).includes(by);

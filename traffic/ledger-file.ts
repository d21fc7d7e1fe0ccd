/** The ledger as a file: one JSON document, documented in docs/traffic.md. */
import type { Totals } from './ledger';
import type { OutputEnd } from './output';
import type { Shard } from './shard';

/** Of the format: it grows when a reader of the old one would misread the new one. */
export const LEDGER_VERSION = 1;

export interface LedgerFile extends Totals {
  readonly ledger: typeof LEDGER_VERSION;
  /** Of the run, as its lines carry it: `clickstreamy/<run>` at the end of the user agent. */
  readonly run: string;
  readonly seed: string;
  readonly output: 'http' | 'file' | 'stream';
  /** What was asked, as far as the plan depends on it, and where it went. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Only of a shard: `traffic merge` makes the run's ledger of its shards'. */
  readonly shard?: Shard | undefined;
  /** Only of a merged ledger that is not whole. */
  readonly missingShards?: readonly number[];
  /** Moment 0 of the plan. */
  readonly startedAt: string;
  /** Written before the run's end by none: a run that was killed leaves no ledger. */
  readonly end: OutputEnd;
  /** Requests whose time came. */
  readonly planned: number;
  readonly sent: number;
}

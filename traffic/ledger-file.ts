/** The format of a ledger file: one JSON document, described in docs/traffic.md. */
import type { Totals } from './ledger';
import type { OutputEnd } from './output';
import type { Shard } from './shard';

/** Raised when a reader of the old format would misread the new one. */
export const LEDGER_VERSION = 1;

export interface LedgerFile extends Totals {
  readonly ledger: typeof LEDGER_VERSION;
  /** The run's name, which ends each user agent as `clickstreamy/<run>`. */
  readonly run: string;
  readonly seed: string;
  readonly output: 'http' | 'file' | 'stream';
  /** The options that the plan depends on, and where the requests went. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Set in a shard's ledger; `traffic merge` adds those up to the run's. */
  readonly shard?: Shard | undefined;
  /** Set in a merged ledger that lacks shards. */
  readonly missingShards?: readonly number[];
  /** Moment 0 of the plan. */
  readonly startedAt: string;
  /** How the run ended. A run that was killed leaves no ledger. */
  readonly end: OutputEnd;
  /** Requests whose time came. */
  readonly planned: number;
  readonly sent: number;
}

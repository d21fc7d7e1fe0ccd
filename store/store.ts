/** What the pipeline asks a store, beside writing. The two adapters give the same answers; `__tests__/engines/` holds them against each other. */
import type { DataPanel, PanelRange, PanelRow } from '../panels/panel';
import type { Extent } from './extent';
import type { RunReader } from './run-sums';

/** What the store holds, counted over all time. */
export interface Totals {
  /** Events by status: `{"200": 4, "500": 1}`. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly pageViews: number;
  /** That succeeded. */
  readonly signUps: number;
  /** That succeeded. */
  readonly signIns: number;
  /** Different user names; a search engine estimates them beyond 40,000. */
  readonly users: number;
}

export interface StoreReader extends RunReader {
  /** Sees all that was written before it was asked. */
  readTotals(): Promise<Totals>;
  /** May be a second behind in a search engine, as `readPanel`. */
  readExtent(): Promise<Extent>;
  readPanel(panel: DataPanel, range: PanelRange): Promise<readonly PanelRow[]>;
}

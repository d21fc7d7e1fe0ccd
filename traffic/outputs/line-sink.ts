/** Where access lines go: a file, standard output or a delivery stream. */
import type { ToolkitError } from '../../core/errors';
import type { Loss } from '../output';

/** Lines that are written together: 512 KiB at most. */
export interface LineBlock {
  /** ASCII, each line with its newline. */
  readonly bytes: Buffer;
  /** End of each line, in bytes from the start of the block. */
  readonly ends: readonly number[];
}

/** What became of a line: it was taken, it may or may not have been (see `Loss`), or it was never tried. */
export type Fate = 'taken' | Loss | 'unsent';

export interface BlockFates {
  /** @param place index of the line in the block. */
  fateOf(place: number): Fate;
  /** Set once nothing more can be written. */
  readonly error?: ToolkitError | undefined;
}

export interface LineSink {
  /** How many blocks may be under way at a time. */
  readonly parallel: number;
  /** In a live run, how long a line may wait for others to share a block, in milliseconds. */
  readonly gatherMs: number;
  /** Does not reject if the lines cannot be written: that is `error`. */
  put(block: LineBlock): Promise<BlockFates>;
  /** Ends retries, so that blocks under way are settled soon. */
  stop(): void;
  close(): Promise<void>;
  /** Figures for the report that only this sink knows. */
  figures(): Readonly<Record<string, number | string>>;
}

export const ALL_TAKEN: BlockFates = { fateOf: () => 'taken' };

/** Opens a sink, and can check beforehand whether that will work. */
export interface SinkFactory {
  /** @throws ToolkitError */
  probe(): Promise<void>;
  /** @throws ToolkitError */
  open(): Promise<LineSink>;
}

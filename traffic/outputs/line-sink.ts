/** Where access lines end: a file, standard output, a delivery stream. */
import type { ToolkitError } from '../../core/errors';
import type { Loss } from '../output';

/** Lines that are put down together: half a MiB at most. */
export interface LineBlock {
  /** ASCII, each line with its newline. */
  readonly bytes: Buffer;
  /** Where each line ends, in bytes. */
  readonly ends: readonly number[];
}

/** What became of one line: it was taken, it may have been, it was not, or nobody tried. */
export type Fate = 'taken' | Loss | 'unsent';

export interface BlockFates {
  /** Of one line, by its place in the block. */
  fateOf(place: number): Fate;
  /** Nothing more can be put down after this. */
  readonly error?: ToolkitError | undefined;
}

export interface LineSink {
  /** How many blocks may be under way at a time. */
  readonly parallel: number;
  /** In a run by the clock, how long a line may wait for others to go with, in milliseconds. */
  readonly gatherMs: number;
  /** Never rejects where the world refuses: that is `error`. */
  put(block: LineBlock): Promise<BlockFates>;
  /** Nothing that failed is tried again: what is under way is to end soon. */
  hurry?(): void;
  close(): Promise<void>;
  /** What only this sink knows, for the report. */
  figures(): Readonly<Record<string, number | string>>;
}

export const ALL_TAKEN: BlockFates = { fateOf: () => 'taken' };

/** Opens a sink, and can say beforehand whether it would. */
export interface SinkDoor {
  /** @throws ToolkitError */
  probe(): Promise<void>;
  /** @throws ToolkitError */
  open(): Promise<LineSink>;
}

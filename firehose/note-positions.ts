import { reasonOf } from '../core/errors';
import { rangeOf, SourcePositions } from '../core/record-source';
import { retry } from '../core/retry';
import { type Batch, eachSource } from './batch';
import { watchOutage } from './outage';
import type { PositionsFile } from './positions-file';

export interface PositionsProps {
  readonly file: PositionsFile;
  readonly positions: SourcePositions;
  readonly warn: (sentence: string) => void;
  /** Aborted when the stream closes: from then on nothing is retried. */
  readonly closing: AbortSignal;
}

/**
 * Notes what a segment has delivered, before it is removed: in between, its lines are in both places, and count once.
 * The returned function resolves once that is durable, however long the disk is full.
 */
export function createPositionNoter(props: PositionsProps): (batches: readonly Batch[]) => Promise<void> {
  const { file, positions, warn, closing } = props;
  const outage = watchOutage(warn);

  return async (batches) => {
    const noted = new SourcePositions();
    for (const batch of batches)
      eachSource(batch, (source, last) => noted.add(source, rangeOf(source, last), 'delivered'));
    const write = async () => {
      try {
        await file.append(noted);
        outage.ends();
      } catch (error) {
        outage.begins(`How far the logs are delivered cannot be noted: ${reasonOf(error)}. It is retried.`);
        throw error;
      }
    };
    await retry(write, { signal: closing });
    for (const { delivered, accepted: _, ...source } of noted.all())
      for (const range of delivered) positions.add(source, range, 'delivered');
  };
}

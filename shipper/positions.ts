/** What the checkpoint and the delivery stream know of the contents, brought together. */
import { addRanges, type ByteRange } from '../core/byte-ranges';
import type { SourcePosition } from '../core/record-source';
import type { ContentRecord } from './log-content';

/** What need not be sent again at the start of a run: what the checkpoint has, and what the stream has accepted since. */
export function joinPositions(
  records: readonly ContentRecord[],
  positions: readonly SourcePosition[],
): readonly ContentRecord[] {
  const joined = new Map(records.map((record) => [record.key, record]));
  for (const { key, path, file, head, accepted } of positions) {
    const known = joined.get(key) ?? { key, path, file, live: false, head, ranges: [] };
    joined.set(key, {
      ...known,
      head: known.head.bytes < head.bytes ? head : known.head,
      ranges: addRanges(known.ranges, accepted),
    });
  }
  return [...joined.values()];
}

/**
 * What the checkpoint may say of a content: only what is delivered, so that lines of a journal that is lost are read again.
 *
 * @param inherited what the checkpoint said when the run began.
 */
export function toDelivered(
  record: ContentRecord,
  inherited: readonly ByteRange[],
  position: SourcePosition | undefined,
): ContentRecord {
  const delivered = addRanges(inherited, position?.delivered ?? []);
  return { ...record, ranges: addRanges(delivered, record.aside ?? []) };
}

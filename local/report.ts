import type { DeliveryCounts } from '../firehose/delivery-stream';
import type { LineTotals } from '../page/line-totals';
import type { ShipperCounts } from '../shipper/shipper';
import type { Totals } from '../store/store';

/** What `clickstreamy local --json` prints; the totals are of all that the store holds, and absent where it does not answer at the end. */
export interface LocalReport extends LineTotals, Partial<Totals> {
  /** Accepted and left in the journal, because the store was away; the next run delivers them. Else 0. */
  readonly waiting: number;
  readonly seconds: number;
  /** Why lines were not stored, with their numbers. */
  readonly reasons: Readonly<Record<string, number>>;
}

export function readBooks(shipper: ShipperCounts, stream: DeliveryCounts): LineTotals {
  const { stored, processingFailed, dropped } = stream;
  const fromOthers = Math.max(0, stream.accepted - shipper.acknowledged);
  return {
    read: shipper.read + stream.recovered + fromOthers,
    accepted: stream.accepted + stream.recovered,
    stored,
    processingFailed,
    deliveryFailed: stream.deliveryFailed + shipper.tooLong,
    dropped,
  };
}

export function isBalanced({ read, stored, processingFailed, deliveryFailed, dropped }: LineTotals): boolean {
  return read === stored + processingFailed + deliveryFailed + dropped;
}

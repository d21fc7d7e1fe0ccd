import type { DeliveryCounts } from '../firehose/delivery-stream';
import type { LineTotals } from '../page/line-totals';
import type { ShipperCounts } from '../shipper/shipper';
import type { Totals } from '../store/store';

/** What `clickstreamy local --json` prints. The store's totals cover all that it holds, and are absent if it does not answer at the end. */
export interface LocalReport extends LineTotals, Partial<Totals> {
  /** Records left in the journal because the store was out of reach; the next run delivers them. */
  readonly waiting: number;
  /** Bytes of the journal that could not be read at the start: they were set aside, and lines of a log that is still there read again. */
  readonly damagedBytes: number;
  /** NUL bytes before lines, which were skipped. */
  readonly nulBytes: number;
  readonly seconds: number;
  /** How many lines were not stored, by reason. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** What became of each line so far. */
export function toTotals(shipper: ShipperCounts, stream: DeliveryCounts): LineTotals {
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

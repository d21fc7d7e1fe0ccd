import type { DeliveryCounts } from './firehose/delivery-stream';
import type { ShipperCounts } from './shipper/shipper';
import type { Totals } from './store/totals';

/** Where the lines of a run have gone. They balance: `read = stored + processingFailed + deliveryFailed + dropped`. */
export interface Books {
  /** Lines read from the logs, records found in the journal of an earlier run, and records that other producers put. */
  readonly read: number;
  /** Records that the stream has taken: they are safe from here on. */
  readonly accepted: number;
  readonly stored: number;
  /** Lines that are no access lines; kept in the bucket. */
  readonly processingFailed: number;
  /** Events that the store refused, kept in the bucket, and lines too long for a record, kept in `rejected`. */
  readonly deliveryFailed: number;
  /** Blank lines. */
  readonly dropped: number;
}

/** What `clickstreamy local --json` prints; the totals are of all that the store holds. */
export interface LocalReport extends Books, Totals {
  readonly seconds: number;
  /** Why lines were not stored, with their numbers. */
  readonly reasons: Readonly<Record<string, number>>;
}

export function readBooks(shipper: ShipperCounts, stream: DeliveryCounts): Books {
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

export function isBalanced({ read, stored, processingFailed, deliveryFailed, dropped }: Books): boolean {
  return read === stored + processingFailed + deliveryFailed + dropped;
}

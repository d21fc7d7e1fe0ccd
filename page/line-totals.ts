/** What became of the lines of a run. At its end `read = stored + processingFailed + deliveryFailed + dropped`. */
export interface LineTotals {
  /** Lines read from the logs, records found in an earlier run's journal, and records that other producers sent. */
  readonly read: number;
  /** Records that the stream has accepted: durable from here on. */
  readonly accepted: number;
  /** Events in the store. */
  readonly stored: number;
  /** Records that are not access lines; kept in the bucket. */
  readonly processingFailed: number;
  /** Events that the store refused, kept in the bucket, and lines too long for a record, kept in `rejected/`. */
  readonly deliveryFailed: number;
  /** Blank lines. */
  readonly dropped: number;
}

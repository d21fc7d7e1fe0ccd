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

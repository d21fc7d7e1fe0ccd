/** What a replay has come to so far. `records = stored + failed + dropped`. */
export interface ReplayCounts {
  /** Objects replayed in this run. */
  objects: number;
  /** Objects of which an earlier replay has dealt with every chosen record. */
  objectsBefore: number;
  /** Objects that hold no failed records. */
  otherObjects: number;
  /** Records replayed in this run. */
  records: number;
  stored: number;
  /** Failed again. */
  failed: number;
  /** Blank lines. */
  dropped: number;
  /** Left out by the filter. */
  leftOut: number;
  /** Records that an earlier replay has dealt with. */
  recordsBefore: number;
  /** Those of them that failed again then, over the objects that are done. */
  failedBefore: number;
  /** Lines that are not failed records, and objects or folders that cannot be read. */
  problems: number;
  /** Why records failed again, with their numbers. */
  readonly reasons: Record<string, number>;
}

export const noCounts = (): ReplayCounts => ({
  ...{ objects: 0, objectsBefore: 0, otherObjects: 0 },
  ...{
    records: 0,
    stored: 0,
    failed: 0,
    dropped: 0,
    leftOut: 0,
    recordsBefore: 0,
    failedBefore: 0,
    problems: 0,
    reasons: {},
  },
});

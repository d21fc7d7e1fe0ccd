import type { RecordSource, SourcePosition } from '../core/record-source';

/** What is sent at once: 500 records and 4 MiB at most. */
export interface SentBatch {
  readonly records: readonly Uint8Array[];
  /** Where all of the records come from, in their order. */
  readonly sources: readonly RecordSource[];
}

export interface SendOptions {
  /** Once aborted, each batch has one more attempt. */
  readonly signal: AbortSignal;
  /** Called with the number of records that one attempt delivered. */
  readonly acknowledged: (records: number) => void;
  /** Called with the number of records that one attempt may have delivered, or not: they are sent again. */
  readonly uncertain: (records: number) => void;
}

/** A batch on its way. */
export interface InFlight {
  /** `12 records of access_log, bytes 100 to 1900` */
  readonly name: string;
  readonly records: number;
}

/** The end of a delivery stream that records are put into. */
export interface RecordSink {
  /**
   * What the stream has of each content; undefined from a stream that does not know where records come from, as a real Firehose:
   * it gets each line at least once.
   */
  positions(signal: AbortSignal): Promise<readonly SourcePosition[] | undefined>;
  /** What an earlier run sent without learning whether it was accepted. */
  uncertainBefore(): Promise<readonly InFlight[]>;
  /**
   * @returns whether all was accepted; false only after `signal` was aborted.
   * @throws ToolkitError FIREHOSE_REFUSED if no further attempt can help.
   */
  send(batch: SentBatch, options: SendOptions): Promise<boolean>;
  close(): void;
}

/** Counted since the start, in the names that the metrics have as JSON. */
export interface StreamMetrics {
  readonly stream: string;
  /** In put requests over HTTP, whatever the answer. */
  readonly records_received: number;
  /** The bytes of those records, before base64. */
  readonly bytes_received: number;
  /** By this run, from any sender. */
  readonly records_accepted: number;
  /** Accepted by an earlier run, and delivered by this one. */
  readonly records_recovered: number;
  /** Turned into a document by the function. */
  readonly records_transformed: number;
  readonly records_stored: number;
  readonly records_dropped: number;
  /** By cause: the function’s reasons, `processing` for its other failures, `delivery`. */
  readonly records_failed: Readonly<Record<string, number>>;
  /** Accepted, and neither stored nor failed yet. */
  readonly records_buffered: number;
  readonly bytes_buffered: number;
  /** Answered put requests: how many, and how long they took together. */
  readonly put_requests: number;
  readonly put_seconds: number;
}

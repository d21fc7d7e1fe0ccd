/** The records that did not reach the store, as Firehose writes them into the bucket: one JSON object a line. */

interface FailedRecord {
  /** Milliseconds since 1970. */
  readonly arrivalTimestamp: number;
  readonly attemptEndingTimestamp: number;
  readonly attemptsMade: number;
  readonly errorCode: string;
  readonly errorMessage: string;
  /** Base64. */
  readonly rawData: string;
}

/** Under `processing-failed/`. `rawData` is the original record. */
export interface ProcessingFailedRecord extends FailedRecord {
  readonly lambdaARN: string;
}

/** Under `elasticsearch-failed/`. `rawData` is the event that the function made. */
export interface DeliveryFailedRecord extends FailedRecord {
  readonly esDocumentId: string;
  readonly esIndexName: string;
  /** Only for an engine that has types. */
  readonly esTypeName?: string;
}

/**
 * Amazon Data Firehose's quotas and limits, which the shipper, `traffic --stream`, the local delivery stream and the Lambda
 * function keep to.
 *
 * @see https://docs.aws.amazon.com/firehose/latest/dev/limits.html
 */

/** One record, before base64: 1,000 KiB. */
export const MAX_RECORD_BYTES = 1000 * 1024;
/** One PutRecordBatch call. */
export const MAX_BATCH_RECORDS = 500;
/** One PutRecordBatch call, its records before base64: 4 MiB. */
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;
/** The request to a transform function, and its reply: Lambda's payload limit of 6 MiB. */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

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
/** A delivery stream's name: letters, digits and `_.-`. */
export const MAX_STREAM_NAME_LENGTH = 64;
export const STREAM_NAME = new RegExp(`^[\\w.-]{1,${MAX_STREAM_NAME_LENGTH}}$`);
/** The request to a transform function, and its reply: Lambda's payload limit of 6 MiB. */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;
/** How often Firehose calls a transform function that fails, the first call included. */
export const TRANSFORM_ATTEMPTS = 4;
/**
 * The buffer hint of the transform function, in bytes of records; a larger record goes alone. Firehose's default is 1 MiB: half of it
 * keeps the function's reply below its limit (see etl/handler.ts).
 */
export const TRANSFORM_BUFFER_BYTES = 512 * 1024;
/** How long Firehose retries a destination that is out of reach, by default, the first attempt included. */
export const DEFAULT_RETRY_SECONDS = 300;

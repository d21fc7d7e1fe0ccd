import { setTimeout as sleep } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { reasonOf, ToolkitError } from '../../core/errors';

export interface FirehoseSenderProps {
  readonly deliveryStream: string;
  readonly endpoint: URL;
  readonly region: string;
  /** Once aborted, no batch is tried again after its next attempt. */
  readonly signal: AbortSignal;
  readonly warn: (sentence: string) => void;
  /** Called with the number of records that one attempt brought over. */
  readonly acknowledged: (records: number) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A hiccup is not worth a word. */
const WARN_AFTER_ATTEMPTS = 3;

/** Sends batches to a delivery stream until each of their records has been accepted. */
export class FirehoseSender {
  readonly #props: FirehoseSenderProps;
  readonly #client: FirehoseClient;
  #warned = false;

  constructor(props: FirehoseSenderProps) {
    this.#props = props;
    this.#client = new FirehoseClient({
      endpoint: props.endpoint.href,
      region: props.region,
      // A local endpoint must never see the user's own keys, nor ask for any.
      ...(isLoopback(props.endpoint) && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
      maxAttempts: 1, // It is send() that tries again, with only what failed.
      requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    });
  }

  /**
   * Tries without limit, only with the records that were not accepted yet; a reply that is lost after the stream
   * accepted the records makes duplicates, which nobody at this end can know.
   *
   * @returns whether all was accepted; false only after `signal` was aborted.
   * @throws ToolkitError FIREHOSE_REFUSED if trying again cannot help.
   */
  async send(batch: readonly Uint8Array[]): Promise<boolean> {
    let rest = batch;
    for (let attempt = 1; ; attempt += 1) {
      const last = this.#props.signal.aborted;
      const { failed, why } = await this.#attempt(rest);
      this.#props.acknowledged(rest.length - failed.length);
      rest = failed;
      if (rest.length === 0) {
        this.#recover();
        return true;
      }
      if (last) return false;
      this.#warnAfter(attempt, why);
      await this.#pause(attempt);
    }
  }

  async #attempt(batch: readonly Uint8Array[]): Promise<{ failed: readonly Uint8Array[]; why: string }> {
    try {
      const reply = await this.#client.send(
        new PutRecordBatchCommand({
          DeliveryStreamName: this.#props.deliveryStream,
          Records: batch.map((Data) => ({ Data })),
        }),
      );
      const responses = reply.RequestResponses ?? [];
      if (responses.length !== batch.length)
        return { failed: batch, why: `its reply names ${responses.length} of ${batch.length} records` };
      if (reply.FailedPutCount === 0) return { failed: [], why: '' };
      const failed = batch.filter((_, index) => responses[index]?.RecordId === undefined);
      return { failed, why: responses.find(({ ErrorCode }) => ErrorCode)?.ErrorCode ?? 'records failed' };
    } catch (error) {
      if (isFinal(error)) throw this.#refused(error);
      return { failed: batch, why: reasonOf(error) };
    }
  }

  async #pause(attempt: number): Promise<void> {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
    const pauseMs = longest * (0.5 + Math.random() / 2);
    // A stop ends the pause: the last attempt is made at once.
    await sleep(pauseMs, undefined, { signal: this.#props.signal }).catch(() => {});
  }

  #warnAfter(attempt: number, why: string): void {
    if (this.#warned || attempt < WARN_AFTER_ATTEMPTS) return;
    this.#warned = true;
    const { deliveryStream, endpoint, warn } = this.#props;
    warn(`Delivery stream ${deliveryStream} at ${endpoint.origin} takes no records (${why}): trying until it does.`);
  }

  #recover(): void {
    if (!this.#warned) return;
    this.#warned = false;
    this.#props.warn(`Delivery stream ${this.#props.deliveryStream} takes records again; nothing is lost.`);
  }

  #refused(cause: unknown): ToolkitError {
    const { deliveryStream, endpoint } = this.#props;
    const name = isNativeError(cause) ? cause.name : 'Error';
    return new ToolkitError(
      'FIREHOSE_REFUSED',
      `Delivery stream ${deliveryStream} at ${endpoint.origin} refuses records: ${name}: ${reasonOf(cause)}`,
      'Check the stream’s name, the endpoint, the region and the credentials; the next run goes on where this one ended.',
      { cause },
    );
  }

  close(): void {
    this.#client.destroy();
  }
}

/** Where no attempt will ever succeed: the request is wrong or not allowed. */
function isFinal(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  if (error.name === 'CredentialsProviderError') return true;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  if (status === undefined || status < 400 || status >= 500) return false;
  return status !== 408 && status !== 429 && !/Throttl|LimitExceeded|TooManyRequests|RequestTimeout/.test(error.name);
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

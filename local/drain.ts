/** Stops the pipeline, each part in the order in which a click passes it. */
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Shipper } from '../shipper/shipper';
import type { Pipeline } from './pipeline';

/**
 * Resolves when everything read is stored or kept as failed. Once `stopWaiting` is aborted, a store or a bucket that is out of reach
 * gets one more attempt only: what it does not take stays in the journal.
 *
 * @returns the error that ended the shipper early.
 */
export async function drainPipeline({ site, shipper, stream }: Pipeline, stopWaiting: AbortSignal): Promise<unknown> {
  await site?.close();
  if (site !== undefined) await readToEnd(shipper, site.logFile);
  await shipper.stop();
  const failure = await failureOf(shipper);
  await Promise.race([stream.drain(), aborted(stopWaiting)]);
  await stream.close();
  await shipper.saveCheckpoint();
  return failure;
}

export function failureOf({ finished }: Shipper): Promise<unknown> {
  return finished.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const POLL_MS = 20;
/** A stream that accepts nothing for this long is full, because the store is out of reach. */
const STUCK_MS = 10_000;

/** Waits until the shipper has read what the site has written, and all of it is accepted. The site must be closed. */
async function readToEnd(shipper: Shipper, log: string): Promise<void> {
  let gaveUp = false;
  void failureOf(shipper).then(() => {
    gaveUp = true;
  });
  const size = await stat(log).then(
    (stats) => stats.size,
    () => 0,
  );
  let seen = 0;
  let seenMs = Date.now();
  while (!gaveUp && Date.now() - seenMs < STUCK_MS) {
    const { bytesRead, read, acknowledged, tooLong } = shipper.counts();
    if (bytesRead >= size && read === acknowledged + tooLong) return;
    if (acknowledged !== seen) {
      seen = acknowledged;
      seenMs = Date.now();
    }
    await sleep(POLL_MS);
  }
}

/** How the pipeline ends: each part in the order in which a click passes it. */
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Shipper } from '../shipper/shipper';
import type { Pipeline } from './pipeline';

/**
 * Resolves when all that was read is stored or kept as failed. Once `hurry` is aborted, a store or a bucket that is away is asked once
 * more and not waited for: what it does not take stays in the journal.
 *
 * @returns the error that ended the shipper before its time.
 */
export async function drainPipeline({ site, shipper, stream }: Pipeline, hurry: AbortSignal): Promise<unknown> {
  await site?.close();
  if (site !== undefined) await readToEnd(shipper, site.logFile);
  await shipper.stop();
  const failure = await failureOf(shipper);
  await Promise.race([stream.drain(), aborted(hurry)]);
  await stream.close();
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
/** A stream that takes nothing for so long is full, because the store is away. */
const STUCK_MS = 10_000;

/** Waits until the shipper has read what the site has written, and it is accepted: the site writes no more. */
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

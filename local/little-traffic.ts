import { reasonOf } from '../core/errors';
import { runTraffic } from '../traffic/run-traffic';

export interface LittleTrafficProps {
  /** Requests a second; 0: none. */
  readonly rate: number;
  /** The share of errors, 0 to 1. */
  readonly errors: number;
  /** What lets it ask for errors, where the site wants a token. */
  readonly token?: string | undefined;
  readonly signal: AbortSignal;
  readonly warn: (sentence: string) => void;
}

/** Makes a page that is alive from the start; a site that stops answering is not the pipeline's end. Never rejects. */
export async function runLittleTraffic(
  url: string,
  { rate, errors, token, signal, warn }: LittleTrafficProps,
): Promise<void> {
  if (rate === 0) return;
  try {
    const { end } = await runTraffic({ url, rate, errors, token, signal });
    if (end === 'broken') warn('The little traffic has stopped: the site did not answer.');
  } catch (error) {
    warn(`The little traffic has stopped: ${reasonOf(error)}`);
  }
}

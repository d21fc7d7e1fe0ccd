/** The contract of the transform: takes the bytes of a line, gives an event's JSON or a reason. */
import type { LineFault } from './access-line';
import type { ByteSink } from './byte-sink';

/** Why a line has no event. `blank` is not a fault: there is nothing to keep. */
export type RejectReason = LineFault | 'blank' | 'encoding';

export interface TransformOptions {
  /** The site's `host[:port]`s, for logs whose lines do not name the site. @default none */
  readonly siteHosts?: readonly string[];
}

/**
 * Appends the event's JSON (UTF-8, one line, no newline) of the line `input[start, end)` to the sink. NULs and a byte order mark before
 * the line are skipped.
 *
 * @returns why there is none; the sink is then unchanged. Never throws.
 */
export type LineTransform = (input: Buffer, start: number, end: number, sink: ByteSink) => RejectReason | undefined;

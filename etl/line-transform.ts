/** The contract of the transform: bytes of a line in, an event's JSON or a reason out. */
import type { LineFault } from './access-line';
import type { ByteSink } from './byte-sink';

/** Why a line gave no event. `blank` is not a fault: there is nothing to keep. */
export type RejectReason = LineFault | 'blank' | 'encoding';

export interface TransformOptions {
  /** The site's own `host[:port]`s: for logs whose lines do not name the site; default none. */
  readonly siteHosts?: readonly string[];
}

/**
 * Appends the event's JSON (UTF-8, one line, no newline) of the line `input[start, end)` to the sink.
 *
 * @returns why there is none; the sink is then as it was. Never throws.
 */
export type LineTransform = (input: Buffer, start: number, end: number, sink: ByteSink) => RejectReason | undefined;

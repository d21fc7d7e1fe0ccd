/** An access line to a click event, bytes in, bytes out. */
import { isUtf8 } from 'node:buffer';
import { type LineFault, parseAccessLine } from './access-line';
import { type AgentFacts, describeAgent } from './agent';
import { BoundedCache } from './bounded-cache';
import type { ByteSink } from './byte-sink';
import { toClickEvent } from './to-click-event';

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

export function createLineTransform(options: TransformOptions = {}): LineTransform {
  const siteHosts = new Set(options.siteHosts?.map((host) => host.toLowerCase()));
  const agents = new BoundedCache<AgentFacts>(4096, describeAgent);
  return (input, start, end, sink) => transformAnyLine(input.subarray(start, end), sink, agents, siteHosts);
}

function transformAnyLine(
  bytes: Buffer,
  sink: ByteSink,
  agents: BoundedCache<AgentFacts>,
  siteHosts: ReadonlySet<string>,
): RejectReason | undefined {
  if (!isUtf8(bytes)) return 'encoding';
  const text = bytes.toString('utf8');
  if (text.trim() === '') return 'blank';
  const line = parseAccessLine(text);
  if (typeof line === 'string') return line;

  const json = JSON.stringify(toClickEvent(line, agents.get, siteHosts));
  sink.reserve(json.length * 3);
  sink.length += sink.bytes.write(json, sink.length, 'utf8');
  return undefined;
}

/** The transform at its most readable: parse, make the event, print it. The fast one must give the same bytes, and falls back to it. */
import { isUtf8 } from 'node:buffer';
import { parseAccessLine } from './access-line';
import { type AgentFacts, describeAgent } from './agent';
import { BoundedCache } from './bounded-cache';
import type { ByteSink } from './byte-sink';
import { lineStart } from './line-start';
import type { LineTransform, RejectReason, TransformOptions } from './line-transform';
import { toClickEvent } from './to-click-event';

export function createSimpleTransform(options: TransformOptions = {}): LineTransform {
  const siteHosts = new Set(options.siteHosts?.map((host) => host.toLowerCase()));
  const agents = new BoundedCache<AgentFacts>(4096, describeAgent);
  return (input, start, end, sink) =>
    transformAnyLine(input.subarray(lineStart(input, start, end), end), sink, agents, siteHosts);
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

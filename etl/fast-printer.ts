/**
 * Prints an access line's event as JSON, bytes to bytes, without making the event. The JSON of known pieces is copied;
 * what differs in every line (seconds, size, tail) is written byte by byte.
 */
import type { ByteSink } from './byte-sink';
import { type ByteWords, copyBytes, toWords } from './byte-words';
import { FastLine } from './fast-line';
import { refererFacts } from './fast-pieces';
import type { TransformOptions } from './line-transform';

/**
 * Appends the event of the line `input[start, end)` to the sink.
 *
 * @returns false for a line that needs the simple transform; the sink is then unchanged.
 */
export type FastPrinter = (input: Buffer, start: number, end: number, sink: ByteSink) => boolean;

export function createFastPrinter(options: TransformOptions): FastPrinter {
  const line = new FastLine(options);
  let words = toWords(Buffer.alloc(0));
  let output = words;
  return (input, start, end, sink) => {
    if (words.bytes !== input) words = toWords(input);
    if (!line.scan(words, start, end)) return false;
    sink.reserve(maxEventBytes(line, end - start));
    if (output.bytes !== sink.bytes) output = toWords(sink.bytes);
    sink.length = printLine(line, input, output, sink.length);
    return true;
  };
}

const [BRACE, COMMA, DASH, ZERO] = [0x7b, 0x2c, 0x2d, 0x30] as const;
const BYTES = Buffer.from('"bytes":');
const NO_AGENT = Buffer.from('"is_bot":false,');

/** More than the event can take: the pieces, at most three times the tail, all names, and the excess that `copyWords` writes. */
function maxEventBytes(
  { pieces, requests, client, request, referer, agent, hasItems }: FastLine,
  lineBytes: number,
): number {
  const items = hasItems ? pieces.referer.jsonLength(referer) + pieces.agent.jsonLength(agent) : 0;
  return pieces.client.jsonLength(client) + requests.jsonLength(request) + items + 3 * lineBytes + 512;
}

/** @returns the offset after the event. */
function printLine(line: FastLine, input: Buffer, output: ByteWords, start: number): number {
  const { pieces, requests, request } = line;
  const requestEnd = requests.facts(request);
  output.bytes[start] = BRACE;
  let at = pieces.client.copyJson(line.client, output, start + 1);
  at = line.time.write(input, output, at);
  at = requests.copyJson(request, output, at, 0, requestEnd);
  at = printBytes(line, input, output, at);
  at = line.hasItems ? printItems(line, output, at) : copyBytes(NO_AGENT, output, at);
  at = line.tail.write(input, output, at);
  return requests.copyJson(request, output, at, requestEnd);
}

function printItems({ pieces, referer, agent, tail }: FastLine, output: ByteWords, start: number): number {
  const facts = pieces.referer.facts(referer);
  const pageEnd = refererFacts.pageEnd(facts);
  const { site, siteLength } = tail;
  const isOwn =
    refererFacts.isOwn(facts) || (siteLength > 0 && pieces.referer.jsonEndsWith(referer, pageEnd, site, siteLength));
  const at = pieces.referer.copyJson(referer, output, start, 0, isOwn ? pageEnd : refererFacts.fieldEnd(facts));
  return pieces.agent.copyJson(agent, output, at);
}

function printBytes({ bytesStart, bytesEnd }: FastLine, input: Buffer, output: ByteWords, start: number): number {
  let to = copyBytes(BYTES, output, start);
  if (input[bytesStart] === DASH) output.bytes[to++] = ZERO;
  else for (let at = bytesStart; at < bytesEnd; at++) output.bytes[to++] = input[at] as number;
  output.bytes[to++] = COMMA;
  return to;
}

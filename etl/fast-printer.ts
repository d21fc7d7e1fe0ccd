/**
 * From an access line straight to its event's JSON, without the event: the line is cut at its quotes, and each piece
 * is looked up in fast-fragments.ts. What differs in every line (bytes, tail) is printed by hand.
 */
import { closingQuote, trimmedEnd } from './access-line';
import { type AgentFragment, createFragments, type Fragments, type MinuteFragments } from './fast-fragments';
import { printTail } from './fast-tail';
import type { TransformOptions } from './transform';

/**
 * @param line and result are bytes, one character each (latin1).
 * @returns undefined for a line that is odd, or none: the simple transform knows what to do with it.
 */
export type FastPrinter = (line: string) => string | undefined;

export function createFastPrinter(options: TransformOptions): FastPrinter {
  const fragments = createFragments(options);
  const printTime = createTimePrinter(fragments);
  return (line) => printLine(line, fragments, printTime);
}

const NO_ITEMS = { referer: '', agent: { json: '"is_bot":false,', isMonitor: false }, tail: '' };

function printLine(line: string, fragments: Fragments, printTime: TimePrinter): string | undefined {
  const end = trimmedEnd(line);
  const headEnd = line.indexOf(' [');
  const timeEnd = line.indexOf('] "', headEnd);
  if (headEnd === -1 || timeEnd < headEnd || timeEnd - headEnd > LONGEST_TIME) return undefined;
  const requestStart = timeEnd + '] "'.length;
  const requestEnd = closingQuote(line, requestStart, end);
  const bytesStart = requestEnd + '" 200 '.length;
  if (requestEnd === -1 || line.charCodeAt(bytesStart - 1) !== SPACE) return undefined;
  const bytesEnd = endOfBytes(line, bytesStart, end);
  if (bytesEnd === -1) return undefined;

  const items = bytesEnd === end ? NO_ITEMS : printItems(line, bytesEnd, end, fragments);
  if (items === undefined) return undefined;
  const client = fragments.client(line.slice(0, headEnd));
  const time = printTime(line.slice(headEnd + 2, timeEnd));
  const requestKey = line.slice(requestStart, bytesStart - 1);
  const request = items.agent.isMonitor ? fragments.monitorRequest(requestKey) : fragments.request(requestKey);
  if (client === null || time === undefined || request === null) return undefined;
  const bytes = line.charCodeAt(bytesStart) === DASH ? '0' : line.slice(bytesStart, bytesEnd);
  // Joined, not concatenated: a rope would have to be flattened before it is written.
  const { referer, agent, tail } = items;
  return [
    '{',
    client,
    time,
    request.request,
    '"bytes":',
    bytes,
    ',',
    referer,
    agent.json,
    tail,
    request.action,
    '}',
  ].join('');
}

type TimePrinter = (time: string) => string | undefined;

/** Lines come in the order of time: the minute of the line before is nearly always this one's too. */
function createTimePrinter(fragments: Fragments): TimePrinter {
  let [head, zone] = [' ', ' '];
  let minute: MinuteFragments | null = null;
  return (time) => {
    const seconds = time.slice(SECONDS_START, SECONDS_END);
    if (!SECONDS.test(seconds)) return undefined;
    if (time.length !== SECONDS_END + zone.length || !time.startsWith(head) || !time.endsWith(zone)) {
      head = time.slice(0, SECONDS_START);
      zone = time.slice(SECONDS_END);
      minute = fragments.minute(head + zone);
    }
    if (minute === null) return undefined;
    const [before, between, behind] = minute;
    return behind === undefined ? before + seconds + between : before + seconds + between + seconds + behind;
  };
}

const SECONDS_START = 'dd/Mon/yyyy:hh:mm:'.length;
const SECONDS_END = SECONDS_START + 2;
const SECONDS = /^[0-5]\d$/;

interface PrintedItems {
  readonly referer: string;
  readonly agent: AgentFragment;
  readonly tail: string;
}

/** Of referer, user agent and tail. */
function printItems(line: string, from: number, end: number, fragments: Fragments): PrintedItems | undefined {
  if (!line.startsWith(' "', from)) return undefined;
  const refererEnd = closingQuote(line, from + 2, end);
  if (refererEnd === -1 || !line.startsWith('" "', refererEnd)) return undefined;
  const agentEnd = closingQuote(line, refererEnd + 3, end);
  if (agentEnd === -1) return undefined;

  const tail = agentEnd + 1 === end ? NO_TAIL : printTail(line.slice(agentEnd + 1, end));
  if (tail === undefined) return undefined;
  const agent = fragments.agent(line.slice(refererEnd + 3, agentEnd));
  const referer = fragments.referer(`${tail.site} ${line.slice(from + 2, refererEnd)}`);
  return agent === null || referer === null ? undefined : { referer, agent, tail: tail.json };
}

const NO_TAIL = { json: '', site: '' };
const LONGEST_TIME = ' [dd/Mon/yyyy:hh:mm:ss +0000'.length;
const [SPACE, DASH, ZERO, NINE] = [0x20, 0x2d, 0x30, 0x39] as const;

/** Of `-`, or of a number as JSON has it; -1 for anything else. */
function endOfBytes(line: string, from: number, end: number): number {
  let at = from;
  if (line.charCodeAt(at) === DASH) at++;
  else while (at < end && line.charCodeAt(at) >= ZERO && line.charCodeAt(at) <= NINE) at++;
  const isNumber = at > from && at - from <= 15 && (line.charCodeAt(from) !== ZERO || at === from + 1);
  return isNumber && (at === end || line.charCodeAt(at) === SPACE) ? at : -1;
}

/**
 * Pieces of events' JSON by the pieces of lines that they come from, since a log says the same things again and again.
 * Each is made by the functions that the simple transform is made of: no rule is written twice.
 *
 * Texts are bytes here, one character each (latin1), on both sides: so a line's bytes need no decoding and an event's
 * one quick write, whatever they hold.
 */
import { isUtf8 } from 'node:buffer';
import { parseAccessLine, parseQuoted, parseTail, present } from './access-line';
import { type AgentFacts, describeAgent, NO_AGENT } from './agent';
import { BoundedCache } from './bounded-cache';
import type { ClickEvent, FieldName } from './click-event';
import { parseLogTime } from './log-time';
import { toClickEvent, toRefererPage } from './to-click-event';
import type { TransformOptions } from './transform';

/** Fields with a comma behind each, or nothing; null: the piece is odd, or what it stands in is no access line. */
export type Fragment = string | null;

export interface RequestFragments {
  /** From `request` to `status_class`. */
  readonly request: string;
  /** `action` and `outcome`, without a comma behind. */
  readonly action: string;
}

export interface AgentFragment {
  readonly json: string;
  readonly isMonitor: boolean;
}

/** Before, between and behind the seconds, which are the same in UTC: offsets are whole minutes. Two where UTC is not known. */
export type MinuteFragments = readonly [string, string, string?];

export interface PrintedTail {
  readonly json: string;
  /** Lower-cased; empty where the tail names none. */
  readonly site: string;
}

export interface Fragments {
  /** Of all that stands before the time: `203.0.113.7 - bob`. */
  readonly client: (head: string) => Fragment;
  /** Of the time without its seconds: `10/Oct/2026:13:55: +0000`. */
  readonly minute: (minute: string) => MinuteFragments | null;
  /** Of the request, its closing quote and the status: `GET / HTTP/1.1" 200`. */
  readonly request: (request: string) => RequestFragments | null;
  /** The same, asked for by a monitor. */
  readonly monitorRequest: (request: string) => RequestFragments | null;
  /** Of the site that the line names (nothing where it names none), a space, and the referer. */
  readonly referer: (siteAndReferer: string) => Fragment;
  readonly agent: (userAgent: string) => AgentFragment | null;
}

export function createFragments(options: TransformOptions): Fragments {
  const siteHosts = new Set(options.siteHosts?.map((host) => host.toLowerCase()));
  return {
    client: new BoundedCache(4096, printClient).get,
    minute: new BoundedCache(256, printMinute).get,
    request: new BoundedCache(8192, (request) => printRequest(request, NO_AGENT)).get,
    monitorRequest: new BoundedCache(512, (request) => printRequest(request, A_MONITOR)).get,
    referer: new BoundedCache(16_384, (text) => printReferer(text, siteHosts)).get,
    agent: new BoundedCache(4096, printAgent).get,
  };
}

const A_MONITOR: AgentFacts = { is_bot: false, isMonitor: true };
const NO_HOSTS: ReadonlySet<string> = new Set();
const CLIENT: readonly FieldName[] = ['host', 'ident', 'authuser'];
const NOT_REQUEST: readonly FieldName[] = ['@timestamp', 'bytes', 'user-agent', 'is_bot', 'action', 'outcome'];

/** From a line that holds the piece and nothing else. */
function eventOf(line: string, agent = NO_AGENT): ClickEvent | undefined {
  const text = decode(line);
  const parsed = text === undefined ? 'encoding' : parseAccessLine(text);
  return typeof parsed === 'string' ? undefined : toClickEvent(parsed, () => agent, NO_HOSTS);
}

function printClient(head: string): Fragment {
  const event = eventOf(`${head} [10/Oct/2026:13:55:36] "-" 200 -`);
  return event === undefined ? null : print(pick(event, (name) => CLIENT.includes(name)));
}

function printRequest(request: string, agent: AgentFacts): RequestFragments | null {
  const event = eventOf(`- - - [10/Oct/2026:13:55:36] "${request} - "-" "x"`, agent);
  if (event === undefined) return null;
  const { action, outcome } = event;
  return {
    request: print(pick(event, (name) => !NOT_REQUEST.includes(name))),
    action: print({ action, outcome }).slice(0, -1),
  };
}

function printMinute(minute: string): MinuteFragments | null {
  const split = 'dd/Mon/yyyy:hh:mm:'.length;
  const { timestamp, utc, timezone } = parseLogTime(`${minute.slice(0, split)}00${minute.slice(split)}`) ?? {};
  if (timestamp === undefined) return null;
  const upToSeconds = 'yyyy-mm-ddThh:mm:'.length;
  if (utc === undefined) return [`"@timestamp":"${timestamp.slice(0, upToSeconds)}`, '",'];
  return [
    `"@timestamp":"${timestamp.slice(0, upToSeconds)}`,
    `${timestamp.slice(upToSeconds + 2)}","@timestamp_utc":"${utc.slice(0, upToSeconds)}`,
    `Z","timezone":"${timezone}",`,
  ];
}

function printReferer(siteAndReferer: string, siteHosts: ReadonlySet<string>): Fragment {
  const text = decode(siteAndReferer);
  if (text === undefined) return null;
  const space = text.indexOf(' ');
  const site = text.slice(0, space) || undefined;
  const referer = present(text.slice(space + 1));
  return referer === undefined ? '' : print({ referer, referer_page: toRefererPage(referer, site, siteHosts) });
}

function printAgent(logged: string): AgentFragment | null {
  const text = decode(logged);
  if (text === undefined) return null;
  const userAgent = present(text);
  const { browser, os, is_bot, run, isMonitor } = userAgent === undefined ? NO_AGENT : describeAgent(userAgent);
  return { json: print({ 'user-agent': userAgent, browser, os, is_bot, run }), isMonitor };
}

/**
 * The fields of any tail. Not kept: each request has another.
 *
 * @param items each in its quotes, with a space before.
 * @returns undefined for what is no tail, and for a site that `Fragments.referer` could not be asked with.
 */
export function printAnyTail(items: string): PrintedTail | undefined {
  const text = decode(items);
  const quoted = text === undefined ? undefined : parseQuoted(text, 0, text.length);
  if (quoted === undefined) return undefined;
  const { user, session, id, durationUs, site = '' } = parseTail(quoted);
  if (site.includes(' ')) return undefined;
  return { json: print({ username: user, session, request_id: id, duration_us: durationUs }), site: encode(site) };
}

function pick(event: ClickEvent, isPicked: (name: FieldName) => boolean): object {
  return Object.fromEntries(Object.entries(event).filter(([name]) => isPicked(name as FieldName)));
}

function print(fields: { readonly [N in FieldName]?: ClickEvent[N] | undefined }): string {
  const json = JSON.stringify(fields);
  return json === '{}' ? '' : `${encode(json.slice(1, -1))},`;
}

function encode(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function decode(text: string): string | undefined {
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

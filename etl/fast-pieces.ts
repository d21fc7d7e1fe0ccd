/**
 * Caches pieces of an event's JSON by the piece of the line that they come from, since a log repeats itself.
 * Each piece is made by the functions of the simple transform: no rule is written twice.
 */
import { isUtf8 } from 'node:buffer';
import type { ClickEvent, FieldName } from '../click/click-event';
import { parseAccessLine, present } from './access-line';
import { type AgentFacts, describeAgent, NO_AGENT } from './agent';
import { makeHour } from './fast-time';
import type { TransformOptions } from './line-transform';
import { type MadePiece, PieceCache } from './piece-cache';
import { refererOrigin, toClickEvent, toRefererPage } from './to-click-event';

/** The JSON of each piece is some fields, each followed by a comma; or nothing. */
export interface Pieces {
  /** Everything before the time: `203.0.113.7 - bob`. */
  readonly client: PieceCache;
  /** The time, in the form that `FastTime` looks up. */
  readonly hour: PieceCache;
  /**
   * The request, its closing quote and the status: `GET / HTTP/1.1" 200`. The JSON holds `request` to `status_class`
   * (the facts are their length in bytes), then `action`, `outcome` and the event's closing brace.
   */
  readonly request: PieceCache;
  /** The same for requests by a monitor. */
  readonly monitorRequest: PieceCache;
  /** `referer`, `referer_page` and the referer's host, lower-cased; `refererFacts` reads the facts. */
  readonly referer: PieceCache;
  /** The facts are 1 for a monitor, else 0. */
  readonly agent: PieceCache;
}

export function createPieces(options: TransformOptions): Pieces {
  const siteHosts = new Set(options.siteHosts?.map((host) => host.toLowerCase()));
  return {
    client: new PieceCache(4096, 96, makeClient),
    hour: new PieceCache(2048, 144, makeHour),
    request: new PieceCache(8192, 384, (request) => makeRequest(request, NO_AGENT)),
    monitorRequest: new PieceCache(512, 256, (request) => makeRequest(request, A_MONITOR)),
    referer: new PieceCache(8192, 256, (referer) => makeReferer(referer, siteHosts)),
    agent: new PieceCache(1024, 512, makeAgent),
  };
}

const A_MONITOR: AgentFacts = { is_bot: false, isMonitor: true };
const NO_HOSTS: ReadonlySet<string> = new Set();
const CLIENT: readonly FieldName[] = ['host', 'ident', 'authuser'];
const NOT_REQUEST: readonly FieldName[] = ['@timestamp', 'bytes', 'user-agent', 'is_bot', 'action', 'outcome'];

/** @param line that holds the piece and is otherwise minimal. */
function eventOf(line: string, agent = NO_AGENT): ClickEvent | undefined {
  const parsed = parseAccessLine(line);
  return typeof parsed === 'string' ? undefined : toClickEvent(parsed, () => agent, NO_HOSTS);
}

function makeClient(client: Buffer): MadePiece | null {
  const event = isUtf8(client) ? eventOf(`${client} [10/Oct/2026:13:55:36] "-" 200 -`) : undefined;
  return event === undefined ? null : { json: print(pick(event, (name) => CLIENT.includes(name))), facts: 0 };
}

function makeRequest(request: Buffer, agent: AgentFacts): MadePiece | null {
  const event = isUtf8(request) ? eventOf(`- - - [10/Oct/2026:13:55:36] "${request} - "-" "x"`, agent) : undefined;
  if (event === undefined) return null;
  const { action, outcome } = event;
  const json = print(pick(event, (name) => !NOT_REQUEST.includes(name)));
  const end = Buffer.from(JSON.stringify({ action, outcome }).slice(1));
  return { json: Buffer.concat([json, end]), facts: json.length };
}

function makeReferer(logged: Buffer, siteHosts: ReadonlySet<string>): MadePiece | null {
  if (!isUtf8(logged)) return null;
  const referer = present(logged.toString());
  if (referer === undefined) return { json: NO_BYTES, facts: 0 };
  const origin = refererOrigin(referer);
  const fields = print({ referer });
  const page = print({ referer_page: toRefererPage(referer, origin, NO_HOSTS) });
  const isOwn = toRefererPage(referer, undefined, siteHosts) !== undefined;
  const json = Buffer.concat([fields, page, Buffer.from(origin ?? '')]);
  return { json, facts: fields.length | ((fields.length + page.length) << LENGTH_BITS) | (isOwn ? IS_OWN : 0) };
}

const LENGTH_BITS = 15;
const LENGTH = 0x7fff;
const IS_OWN = 0x40000000;

/** Reads the facts of a referer: offsets in its JSON, in bytes, and a flag. */
export const refererFacts = {
  fieldEnd: (facts: number) => facts & LENGTH,
  pageEnd: (facts: number) => (facts >> LENGTH_BITS) & LENGTH,
  /** Whether it is a page of the site, whatever site the line names. */
  isOwn: (facts: number) => (facts & IS_OWN) !== 0,
};

function makeAgent(logged: Buffer): MadePiece | null {
  if (!isUtf8(logged)) return null;
  const userAgent = present(logged.toString());
  const { browser, os, is_bot, run, isMonitor } = userAgent === undefined ? NO_AGENT : describeAgent(userAgent);
  return { json: print({ 'user-agent': userAgent, browser, os, is_bot, run }), facts: isMonitor ? 1 : 0 };
}

function pick(event: ClickEvent, isPicked: (name: FieldName) => boolean): object {
  return Object.fromEntries(Object.entries(event).filter(([name]) => isPicked(name as FieldName)));
}

const NO_BYTES = Buffer.alloc(0);

function print(fields: { readonly [N in FieldName]?: ClickEvent[N] | undefined }): Buffer {
  const json = JSON.stringify(fields);
  return json === '{}' ? NO_BYTES : Buffer.from(`${json.slice(1, -1)},`);
}

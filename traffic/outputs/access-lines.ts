/**
 * Makes the access line that the demo site would log for a planned request, if it were sent and answered as planned; only
 * the duration and the size of the reply are made up.
 *
 * A line is assembled from pieces that many lines share, each rendered once. The result must equal that of `renderLogLine`.
 */
import {
  renderAgent,
  renderHit,
  renderId,
  renderReferer,
  renderSession,
  renderSite,
  renderUser,
  renderWhen,
  renderWho,
} from '../../click/log-format';
import type { PlannedRequest } from '../plan';
import { createRandom, pickNormal } from '../random';
import { toReplyBytes } from './reply-bytes';

export interface AccessLinesOptions {
  /** The run's name, which ends each user agent as `clickstreamy/<run>`. */
  readonly run: string;
  /** The visitors' site: lines name its host, and referers within the site its origin. */
  readonly url: URL;
  /** Seed of session ids, request ids and durations: the same seed gives the same lines. */
  readonly idSeed: string;
}

/** Median durations in microseconds, about those of the demo site. */
const MEDIAN_US = { asset: 150, page: 900, form: 5000 };
/** Standard deviation of the durations' logarithms: one in a hundred takes four times the median or more. */
const SIGMA = 0.6;
const DURATIONS = 4096;
const SESSION_DIGITS = 32;
/** Digits of the request's index in base 36; as many random letters, the same for all lines, come before them. */
const ID_DIGITS = 12;

/** The pieces of one line, in order; the numbers go between them. */
interface Line {
  who: Buffer;
  when: Buffer;
  hit: Buffer;
  referer: Buffer;
  agent: Buffer;
  user: Buffer;
  /** Number of the visitor; -1 for a static file, which has no session. */
  session: number;
  index: number;
  us: number;
  bytes: number;
}

export class AccessLines {
  readonly #options: AccessLinesOptions;
  readonly #random: readonly number[];
  readonly #durations: Float64Array;
  readonly #whos = new Map<string, Buffer>();
  /** By path, then by size, status and method. */
  readonly #hits = new Map<string, Map<number, Buffer>>();
  readonly #referers = new Map<string | undefined, Buffer>();
  readonly #agents = new Map<string, Buffer>();
  readonly #users = new Map<string | undefined, Buffer>();
  readonly #sessionEnd = toPiece(renderSession('0'.repeat(SESSION_DIGITS)).slice(SESSION_DIGITS));
  readonly #noSession = toPiece(renderSession(undefined));
  readonly #id: Buffer;
  readonly #end: Buffer;
  #second = Number.NaN;
  readonly #line: Line;

  constructor(options: AccessLinesOptions) {
    const random = createRandom(`lines of ${options.idSeed}`);
    this.#options = options;
    this.#random = Array.from({ length: 5 }, () => Math.floor(random() * 2 ** 32));
    this.#durations = Float64Array.from({ length: DURATIONS }, () => Math.exp(SIGMA * pickNormal(random)));
    const prefix = Array.from({ length: ID_DIGITS }, () => ID_LETTERS[Math.floor(random() * 64)]).join('');
    this.#id = toPiece(renderId(prefix + '0'.repeat(ID_DIGITS)));
    this.#end = toPiece(`${renderSite(options.url.host)}\n`);
    const none = toPiece('');
    // Any time will do: all are equally long.
    const when = toPiece(renderWhen(new Date(0)));
    const pieces = { who: none, when, hit: none, referer: none, agent: none, user: none };
    this.#line = { ...pieces, session: -1, index: 0, us: 0, bytes: 0 };
  }

  /**
   * Makes the line of a request, for `copyTo` to write.
   *
   * @returns its length in bytes, including its newline.
   */
  make(request: PlannedRequest): number {
    const { index, visitor, method, referer, expect, delayMs } = request;
    const line = this.#line;
    const isStatic = expect.action === 'asset';
    const medianUs = isStatic ? MEDIAN_US.asset : method === 'POST' ? MEDIAN_US.form : MEDIAN_US.page;
    const factor = this.#durations[mix(index ^ (this.#random[4] as number)) % DURATIONS] as number;
    line.who = remember(this.#whos, visitor.address, renderWho);
    line.hit = this.#hitOf(request);
    line.referer = remember(this.#referers, referer, this.#renderReferer);
    line.agent = remember(this.#agents, visitor.agent, this.#renderAgent);
    line.user = remember(this.#users, expect.user, renderUser);
    line.session = isStatic ? -1 : visitor.number;
    line.index = index;
    line.us = Math.round(medianUs * factor) + delayMs * 1000;
    line.bytes =
      line.who.length +
      line.when.length +
      line.hit.length +
      line.referer.length +
      line.agent.length +
      line.user.length +
      (isStatic ? this.#noSession.length : SESSION_DIGITS + this.#sessionEnd.length) +
      this.#id.length +
      digitsOf(line.us) +
      this.#end.length;
    return line.bytes;
  }

  /** Writes the line that was made last; `target` must have space for it. @param timeMs the line's time, since 1970. */
  copyTo(target: Buffer, start: number, timeMs: number): void {
    if (this.#second !== Math.floor(timeMs / 1000)) this.#beginSecond(timeMs);
    const { who, when, hit, referer, agent, user, session, index, us } = this.#line;
    let at = put(target, who, start);
    at = put(target, when, at);
    at = put(target, hit, at);
    at = put(target, referer, at);
    at = put(target, agent, at);
    at = put(target, user, at);
    if (session < 0) {
      at = put(target, this.#noSession, at);
    } else {
      for (let part = 0; part < 4; part++) {
        writeHex(target, at + 8 * part, mix(session ^ (this.#random[part] as number)));
      }
      at = put(target, this.#sessionEnd, at + SESSION_DIGITS);
    }
    const idAt = at;
    at = put(target, this.#id, at);
    writeDigits(target, idAt + ID_DIGITS, index, 36, ID_DIGITS);
    at = writeDigits(target, at, us, 10, digitsOf(us));
    put(target, this.#end, at);
  }

  #beginSecond(timeMs: number): void {
    this.#second = Math.floor(timeMs / 1000);
    this.#line.when = toPiece(renderWhen(new Date(timeMs)));
  }

  #hitOf(request: PlannedRequest): Buffer {
    const { method, path, expect } = request;
    const bytes = toReplyBytes(request);
    let hits = this.#hits.get(path);
    if (hits === undefined) {
      if (this.#hits.size >= REMEMBERED) this.#hits.clear();
      hits = new Map();
      this.#hits.set(path, hits);
    }
    const key = bytes * 2048 + expect.status * 2 + (method === 'GET' ? 0 : 1);
    const known = hits.get(key);
    if (known !== undefined) return known;
    const hit = toPiece(renderHit(`${method} ${path} HTTP/1.1`, expect.status, bytes));
    hits.set(key, hit);
    return hit;
  }

  readonly #renderReferer = (referer: string | undefined) =>
    renderReferer(referer?.startsWith('/') ? this.#options.url.origin + referer : referer);

  readonly #renderAgent = (agent: string) => renderAgent(`${agent} clickstreamy/${this.#options.run}`);
}

/** Pieces remembered of each kind; beyond that, all of the kind are forgotten. */
const REMEMBERED = 30_000;

function remember<K>(known: Map<K, Buffer>, key: K, render: (key: K) => string): Buffer {
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  if (known.size >= REMEMBERED) known.clear();
  const piece = toPiece(render(key));
  known.set(key, piece);
  return piece;
}

/** @returns the end of the piece in `target`. */
function put(target: Buffer, piece: Buffer, at: number): number {
  target.set(piece, at);
  return at + piece.length;
}

const toPiece = (text: string) => Buffer.from(text, 'latin1');

const ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
function digitsOf(number: number): number {
  let digits = 1;
  for (let limit = 10; number >= limit; limit *= 10) digits++;
  return digits;
}

/** @returns the end of the digits in `target`. */
function writeDigits(target: Buffer, start: number, number: number, base: number, digits: number): number {
  let rest = number;
  for (let at = start + digits - 1; at >= start; at--) {
    const digit = rest % base;
    target[at] = digit < 10 ? 48 + digit : 87 + digit;
    rest = Math.floor(rest / base);
  }
  return start + digits;
}

const HEX = Buffer.from('0123456789abcdef');

/** Writes 32 bits as 8 digits. */
function writeHex(target: Buffer, start: number, bits: number): void {
  for (let digit = 0; digit < 8; digit++) target[start + digit] = HEX[(bits >>> (28 - 4 * digit)) & 15] as number;
}

/** Austin Appleby's finalizer of MurmurHash3, a bijection of 32 bits. */
function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

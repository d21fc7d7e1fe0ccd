/** Cuts an access line at its quotes and looks each piece up by its bytes. */
import type { ByteWords } from './byte-words';
import { createPieces, type Pieces } from './fast-pieces';
import { FastTail } from './fast-tail';
import { FastTime } from './fast-time';
import type { TransformOptions } from './line-transform';
import { FALLBACK, HASH_START, hashOn, type PieceCache } from './piece-cache';

const [SPACE, QUOTE, DASH, ZERO, NINE, OPEN, BACKSLASH] = [0x20, 0x22, 0x2d, 0x30, 0x39, 0x5b, 0x5c];
const CARRIAGE_RETURN = 0x0d;
const LONGEST_NUMBER = 15;

/** Holds one line at a time: `scan` sets all other members. */
export class FastLine {
  /** Handles in the caches of `pieces`. */
  client = 0;
  request = 0;
  referer = 0;
  agent = 0;
  /** Whether there are a referer and an agent; the common format has none. */
  hasItems = false;
  /** The cache that `request` is a handle of: monitors have their own. */
  requests: PieceCache;
  bytesStart = 0;
  bytesEnd = 0;
  readonly time: FastTime;
  readonly tail = new FastTail();

  readonly pieces: Pieces;

  /** Hash of the last piece that was passed. */
  #hash = 0;

  constructor(options: TransformOptions) {
    this.pieces = createPieces(options);
    this.requests = this.pieces.request;
    this.time = new FastTime(this.pieces.hour);
  }

  /** @returns false for a line that needs the simple transform. */
  scan(words: ByteWords, start: number, lineEnd: number): boolean {
    const input = words.bytes;
    const end = trimmedEnd(input, start, lineEnd);
    const requestStart = this.#passClientAndTime(input, start, end);
    const clientHash = this.#hash;
    if (requestStart === -1) return false;
    const statusEnd = this.#passRequest(input, requestStart, end);
    const requestHash = this.#hash;
    if (statusEnd === -1 || !this.#passBytes(input, statusEnd + 1, end) || !this.#passItems(words, end)) return false;

    this.client = this.pieces.client.find(words, start, this.time.start - ' ['.length, clientHash);
    this.request = this.requests.find(words, requestStart, statusEnd, requestHash);
    return this.pieces.client.facts(this.client) !== FALLBACK && this.requests.facts(this.request) !== FALLBACK;
  }

  /** The user's name before the time may hold brackets too. @returns where the request starts, or -1. */
  #passClientAndTime(input: Buffer, start: number, end: number): number {
    let hash = HASH_START;
    for (let at = start; at < end; at++) {
      const byte = input[at] as number;
      if (byte === SPACE && input[at + 1] === OPEN) {
        const requestStart = this.time.scan(input, at + ' ['.length);
        this.#hash = hash;
        if (requestStart !== -1) return requestStart;
      }
      hash = hashOn(hash, byte);
    }
    return -1;
  }

  /** @returns where the status after the request ends, before a space; or -1. */
  #passRequest(input: Buffer, start: number, end: number): number {
    const quote = this.#passItem(input, start, end);
    const statusEnd = quote + '" 200'.length;
    if (quote === -1 || statusEnd >= end || input[statusEnd] !== SPACE) return -1;
    for (let at = quote; at < statusEnd; at++) this.#hash = hashOn(this.#hash, input[at] as number);
    return statusEnd;
  }

  /** @returns the index of the quote that closes the item, or -1. */
  #passItem(input: Buffer, start: number, end: number): number {
    let hash = HASH_START;
    for (let at = start; at < end; at++) {
      const byte = input[at] as number;
      if (byte === QUOTE) {
        this.#hash = hash;
        return at;
      }
      hash = hashOn(hash, byte);
      if (byte === BACKSLASH) hash = hashOn(hash, input[++at] as number);
    }
    return -1;
  }

  /** Passes `-`, or a number as JSON writes it. */
  #passBytes(input: Buffer, start: number, end: number): boolean {
    let at = start;
    if (input[at] === DASH) at++;
    else while (at < end && (input[at] as number) >= ZERO && (input[at] as number) <= NINE) at++;
    this.bytesStart = start;
    this.bytesEnd = at;
    const isNumber = at > start && at - start <= LONGEST_NUMBER && (input[start] !== ZERO || at === start + 1);
    return isNumber && (at === end || input[at] === SPACE);
  }

  /** Passes referer, user agent and tail. */
  #passItems(words: ByteWords, end: number): boolean {
    const input = words.bytes;
    this.tail.clear();
    this.requests = this.pieces.request;
    this.hasItems = this.bytesEnd < end;
    const start = this.bytesEnd + ' "'.length;
    if (!this.hasItems) return true;
    if (input[start - 1] !== QUOTE) return false;
    const refererEnd = this.#passItem(input, start, end);
    const refererHash = this.#hash;
    const agentStart = refererEnd + '" "'.length;
    if (refererEnd === -1 || input[refererEnd + 1] !== SPACE || input[refererEnd + 2] !== QUOTE) return false;
    const agentEnd = this.#passItem(input, agentStart, end);
    const agentHash = this.#hash;
    if (agentEnd === -1 || (agentEnd + 1 < end && !this.tail.scan(input, agentEnd + 1, end))) return false;

    const { referer, agent, monitorRequest } = this.pieces;
    this.referer = referer.find(words, start, refererEnd, refererHash);
    this.agent = agent.find(words, agentStart, agentEnd, agentHash);
    if (agent.facts(this.agent) > 0) this.requests = monitorRequest;
    return referer.facts(this.referer) !== FALLBACK && agent.facts(this.agent) !== FALLBACK;
  }
}

/** The end of the line, before a carriage return and spaces. */
function trimmedEnd(input: Buffer, start: number, lineEnd: number): number {
  let end = lineEnd;
  while (end > start && (input[end - 1] === SPACE || input[end - 1] === CARRIAGE_RETURN)) end--;
  return end;
}

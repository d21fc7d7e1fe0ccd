/**
 * One line of a failed object. AWS does not promise an order of the members, writes `lambdaArn` or `lambdaARN`, and numbers sometimes as
 * text; so members are found whatever their case, and numbers are read from either.
 */
import { decodedLength, writeBase64 } from '../core/base64';

/** `processing`: the transform failed, and the record is the original. `delivery`: the store refused the event. */
export type FailureKind = 'processing' | 'delivery';

export interface Failure {
  readonly kind: FailureKind;
  /** The original record, or the event. */
  readonly data: Buffer;
  /** `Lambda.ProcessingFailedStatus`, `400`; `unknown` if the line has none. */
  readonly code: string;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly arrivalMs: number | undefined;
  /** The record's own id, where there is one. */
  readonly recordId: string | undefined;
  /** The event's id; absent from a stream that leaves the ids to its domain. */
  readonly documentId: string | undefined;
  /** The index that the event was meant for. */
  readonly index: string | undefined;
}

const KINDS = /(processing|elasticsearch|(?:amazon)?opensearch(?:service|serverless)?)[-_]failed/gi;

/** What an object's key says about its records; undefined if it says nothing. The last word counts: a prefix may be named anything. */
export function kindOfKey(key: string): FailureKind | undefined {
  const word = [...key.matchAll(KINDS)].at(-1)?.[1];
  if (word === undefined) return undefined;
  return word.toLowerCase() === 'processing' ? 'processing' : 'delivery';
}

/**
 * Reads one line.
 *
 * @param kind what the key says; without it, the members decide.
 * @returns why the line is not a failed record, as the end of a sentence, if it is none. Never throws.
 */
export function parseFailure(line: string, kind: FailureKind | undefined): Failure | string {
  const members = toMembers(line);
  if (typeof members === 'string') return members;
  const text = members.get('rawdata');
  if (typeof text !== 'string') return 'has no rawData';
  const data = Buffer.allocUnsafe(Math.max(0, decodedLength(text)));
  if (writeBase64(text, data, 0) === -1) return 'has a rawData that is not base64';
  const found = kind ?? kindOfMembers(members);
  if (found === undefined) return 'does not say whether the transform or the store failed, and neither does its key';
  return {
    kind: found,
    data,
    code: toText(members.get('errorcode')) ?? 'unknown',
    message: toText(members.get('errormessage')) ?? '',
    arrivalMs: toMilliseconds(members.get('arrivaltimestamp')),
    recordId: toText(members.get('recordid')),
    documentId: toText(members.get('esdocumentid')),
    index: toText(members.get('esindexname')),
  };
}

type Members = ReadonlyMap<string, unknown>;

function toMembers(line: string): Members | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'is not JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is not a JSON object';
  return new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
}

function kindOfMembers(members: Members): FailureKind | undefined {
  if (['esdocumentid', 'esindexname', 'estypename'].some((name) => members.has(name))) return 'delivery';
  const code = toText(members.get('errorcode')) ?? '';
  if (members.has('lambdaarn') || code.startsWith('Lambda.')) return 'processing';
  return /^\d{3}$|^(?:ES|OS)\./.test(code) ? 'delivery' : undefined;
}

function toText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The largest time that a `Date` holds. */
const LAST_MS = 8.64e15;

function toMilliseconds(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !(number >= 0 && number <= LAST_MS)) return undefined;
  return Math.floor(number);
}

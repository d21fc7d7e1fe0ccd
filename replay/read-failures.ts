/** Reads the lines of an object, a batch at a time, so that memory does not grow with the object. */
import { cutLines, type LineBuffer } from '../etl/lines-cut';
import { unpacked } from '../etl/lines-input';
import { type Failure, type FailureKind, kindOfKey, parseFailure } from './failure';
import type { SourceObject } from './source';

export interface FailedLine {
  /** From 1; blank lines count. */
  readonly line: number;
  readonly failure: Failure;
}

/** A line that is not a failed record. */
export interface UnreadableLine {
  readonly line: number;
  /** Continues a sentence that names the line: `is not JSON`. */
  readonly why: string;
}

export type ReadLine = FailedLine | UnreadableLine;

const BATCH_BYTES = 256 * 1024;
/** A record of Firehose is at most 6 MB after the transform, and base64 is a third longer. */
export const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

/** The object's bytes cannot be read to their end. Lines before that may have been read. */
export class UnreadableObject extends Error {}

/**
 * @param onOther is called, and nothing is read, if neither the key nor the first line says that the object holds failed records: a
 *   bucket also holds copies of all records.
 * @throws UnreadableObject
 */
export async function* readFailures(object: SourceObject, onOther: () => void): AsyncGenerator<readonly ReadLine[]> {
  const kind = kindOfKey(object.key);
  let line = 0;
  let isKnown = kind !== undefined;
  for await (const batch of readBatches(object)) {
    const read: ReadLine[] = [];
    for (const text of toLines(batch)) {
      line++;
      if (text === undefined) read.push({ line, why: `is longer than ${LONGEST_LINE_BYTES >> 20} MiB` });
      else if (!/^\s*$/.test(text)) read.push(readLine(text, line, kind));
    }
    const [first] = read;
    if (first === undefined) continue;
    if (!isKnown && 'why' in first) return onOther();
    isKnown = true;
    yield read;
  }
}

async function* readBatches(object: SourceObject): AsyncGenerator<LineBuffer> {
  const take = async () => ({ input: Buffer.allocUnsafeSlow(BATCH_BYTES), length: 0, isTooLong: false, nulBytes: 0 });
  try {
    yield* cutLines(unpacked(object.read()), take, undefined, LONGEST_LINE_BYTES);
  } catch (error) {
    throw new UnreadableObject(object.key, { cause: error });
  }
}

/** @returns undefined for a line that is too long. */
function* toLines({ input, length, isTooLong }: LineBuffer): Generator<string | undefined> {
  if (isTooLong) return yield undefined;
  for (let at = 0; at < length; ) {
    const newline = input.indexOf(0x0a, at);
    const end = newline === -1 || newline > length ? length : newline;
    yield input.toString('utf8', at, end);
    at = end + 1;
  }
}

function readLine(text: string, line: number, kind: FailureKind | undefined): ReadLine {
  // An editor on Windows puts a byte order mark in front, which is not JSON.
  const failure = parseFailure(line === 1 ? text.replace(/^\uFEFF/, '') : text, kind);
  return typeof failure === 'string' ? { line, why: failure } : { line, failure };
}

/**
 * Where records come from: what makes accepting them idempotent. A sender that is not sure whether a batch was accepted sends
 * it again with the same sources, and a stream of ours takes each byte of a content once.
 */
import { z } from 'zod';
import { addRange, type ByteRange } from './byte-ranges';
import { type Fingerprint, fingerprintOf } from './fingerprint';

/** Consecutive records of a batch that are consecutive lines of one content; the records' bytes are the range's, all of them. */
export interface RecordSource {
  /** Names the content, whatever its file is called: random, made when it is first read. */
  readonly key: string;
  /** The path that it was read under; for messages. */
  readonly path: string;
  /** Device and inode. */
  readonly file: string;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** The content’s first bytes, at most HEAD_BYTES. */
  readonly head: Fingerprint;
}

/** What a stream has of one content. */
export interface SourcePosition {
  readonly key: string;
  readonly path: string;
  readonly file: string;
  readonly head: Fingerprint;
  readonly accepted: readonly ByteRange[];
  /** Stored or kept as failed. */
  readonly delivered: readonly ByteRange[];
}

/** How many first bytes tell one content from others: a handful of access lines. */
export const HEAD_BYTES = 1024;
/** How many of the last bytes are compared when reading goes on. */
export const TAIL_BYTES = 256;
/** More would not fit into a request’s header. */
export const MAX_SOURCES_A_BATCH = 20;
/** The request header that carries them, as JSON in base64url; only a stream of ours gets it. */
export const SOURCES_HEADER = 'x-clickstreamy-sources';

const Head = z.strictObject({ bytes: z.int().min(0).max(HEAD_BYTES), sha256: z.hex().length(64) });
const Source = z
  .strictObject({
    key: z.string().min(1).max(64),
    path: z.string(),
    file: z.string(),
    from: z.int().min(0),
    to: z.int().min(1),
    head: Head,
  })
  .refine(({ from, to }) => from < to);
const Sources = z.array(Source).max(MAX_SOURCES_A_BATCH);

/** @returns undefined if the text is not the JSON of sources. */
export function parseSources(text: string): readonly RecordSource[] | undefined {
  try {
    return Sources.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Whether the records’ bytes are those of the sources: each record lies in one of them, and none has other bytes. */
export function fitsSources(records: readonly Uint8Array[], sources: readonly RecordSource[]): boolean {
  let next = 0;
  for (const { from, to } of sources) {
    let left = to - from;
    while (left > 0) left -= records[next++]?.length ?? Number.POSITIVE_INFINITY;
    if (left < 0) return false;
  }
  return next === records.length;
}

/** The range of a source’s bytes; its last record tells the bytes at its end. */
export function rangeOf({ from, to }: RecordSource, lastRecord: Uint8Array): ByteRange {
  return { from, to, tail: fingerprintOf(lastRecord.subarray(Math.max(0, lastRecord.length - TAIL_BYTES))) };
}

/** Positions by key that sources are added to. */
export class SourcePositions {
  readonly #positions = new Map<string, SourcePosition>();

  get(key: string): SourcePosition | undefined {
    return this.#positions.get(key);
  }

  all(): readonly SourcePosition[] {
    return [...this.#positions.values()];
  }

  /** Adds a range of a content; what is delivered counts as accepted. */
  add(source: Omit<RecordSource, 'from' | 'to'>, range: ByteRange, state: 'accepted' | 'delivered'): void {
    const { key, path, file, head } = source;
    const { accepted = [], delivered = [], head: known = head } = this.#positions.get(key) ?? {};
    this.#positions.set(key, {
      key,
      path,
      file,
      head: known.bytes > head.bytes ? known : head,
      accepted: addRange(accepted, range),
      delivered: state === 'delivered' ? addRange(delivered, range) : delivered,
    });
  }
}

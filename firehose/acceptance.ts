/** Takes each byte of a content once: what is accepted already, or is being accepted now, is not accepted again. */
import { addRange, type ByteRange, covers, overlaps } from '../core/byte-ranges';
import { type RecordSource, rangeOf, type SourcePositions } from '../core/record-source';
import { type Batch, type BatchContent, eachSource } from './batch';

/** The part of a batch that is new. Until it is settled, other calls with the same bytes wait. */
export interface Claim extends BatchContent {
  /** For each record of the call, whether it is new. */
  readonly isNew: readonly boolean[];
  /** @param batch what was accepted; nothing was without it. */
  settle(batch?: Batch): void;
}

interface UnderWay {
  readonly sources: readonly RecordSource[];
  readonly ended: Promise<void>;
}

export class Acceptance {
  readonly #positions: SourcePositions;
  readonly #underWay = new Set<UnderWay>();

  constructor(positions: SourcePositions) {
    this.#positions = positions;
  }

  /** @returns undefined while another call accepts bytes of these sources. */
  tryClaim(content: BatchContent): Claim | undefined {
    return this.#findUnderWay(content.sources) === undefined ? this.#claim(content) : undefined;
  }

  /** Resolves when no other call is accepting bytes of these sources. */
  async claim(content: BatchContent): Promise<Claim> {
    for (;;) {
      await this.#findUnderWay(content.sources)?.ended;
      const claim = this.tryClaim(content);
      if (claim !== undefined) return claim;
    }
  }

  #findUnderWay(sources: readonly RecordSource[]): UnderWay | undefined {
    for (const call of this.#underWay) if (sources.some((source) => isIn(source, call.sources))) return call;
    return undefined;
  }

  #claim(content: BatchContent): Claim {
    const { sources } = content;
    const known = sources.some(({ key, from, to }) => overlaps(this.#acceptedOf(key), from, to));
    const { isNew, ...fresh } = known
      ? this.#withoutKnown(content)
      : { ...content, isNew: content.records.map(() => true) };
    if (sources.length === 0) return { ...fresh, isNew, settle: () => {} };
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const call = { sources, ended };
    this.#underWay.add(call);
    const settle = (batch?: Batch) => {
      if (batch !== undefined)
        eachSource(batch, (source, last) => this.#positions.add(source, rangeOf(source, last), 'accepted'));
      this.#underWay.delete(call);
      end();
    };
    return { ...fresh, isNew, settle };
  }

  #acceptedOf(key: string): readonly ByteRange[] {
    return this.#positions.get(key)?.accepted ?? [];
  }

  /** What is left of a batch that was accepted in part, as after a crash of the sender, who then cuts the log into other batches. */
  #withoutKnown({ records, sources }: BatchContent): Omit<Claim, 'settle'> {
    const isNew: boolean[] = [];
    const fresh: Uint8Array[] = [];
    const freshSources: RecordSource[] = [];
    for (const source of sources) {
      const accepted = this.#acceptedOf(source.key);
      let ranges: readonly ByteRange[] = [];
      for (let from = source.from; from < source.to; ) {
        const record = records[isNew.length];
        if (record === undefined) throw new RangeError('a source holds more than the records of its batch');
        const to = from + record.length;
        const isKnown = covers(accepted, from, to);
        isNew.push(!isKnown);
        if (!isKnown) {
          fresh.push(record);
          ranges = addRange(ranges, { from, to });
        }
        from = to;
      }
      for (const { from, to } of ranges) freshSources.push({ ...source, from, to });
    }
    return { records: fresh, sources: freshSources, isNew };
  }
}

function isIn({ key, from, to }: RecordSource, sources: readonly RecordSource[]): boolean {
  return overlaps(
    sources.filter((other) => other.key === key),
    from,
    to,
  );
}

import { isDeepStrictEqual } from 'node:util';
import { ByteSink } from '../etl/byte-sink';
import { createLineTransform } from '../etl/transform';
import { CORPUS_SITE_HOSTS, type CorpusOptions, generateCorpus } from './corpus';

export interface CorpusVerdict {
  readonly lines: number;
  /** Lines that are no access lines. */
  readonly garbage: number;
  /** Of the garbage: what an event was made of. */
  readonly accepted: number;
  /** Of the access lines: what was rejected, or has a wrong field. */
  readonly wrong: number;
  /** The first few of both, in words. */
  readonly faults: readonly string[];
}

const MOST_FAULTS = 10;

/** Holds the transform against the truth, line by line. */
export function checkCorpus(options: CorpusOptions): CorpusVerdict {
  const transform = createLineTransform({ siteHosts: CORPUS_SITE_HOSTS });
  const sink = new ByteSink();
  const counts = { lines: 0, garbage: 0, accepted: 0, wrong: 0 };
  const faults: string[] = [];
  for (const { line, truth } of generateCorpus(options)) {
    sink.length = 0;
    const reason = transform(line, 0, line.length, sink);
    const event = reason === undefined ? JSON.parse(sink.bytes.toString('utf8', 0, sink.length)) : undefined;
    counts.lines++;
    if (truth === undefined) counts.garbage++;
    if (isDeepStrictEqual(event, truth) && reason !== 'blank') continue;
    counts[truth === undefined ? 'accepted' : 'wrong']++;
    if (faults.length < MOST_FAULTS) faults.push(describeFault(line, event ?? reason, truth));
  }
  return { ...counts, faults };
}

function describeFault(line: Buffer, event: unknown, truth: unknown): string {
  return `${line}\n  gave   ${JSON.stringify(event)}\n  not    ${JSON.stringify(truth)}`;
}

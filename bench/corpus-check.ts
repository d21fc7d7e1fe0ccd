/** Compares the transform with the corpus's truth, line by line. */
import { isDeepStrictEqual } from 'node:util';
import { ByteSink } from '../etl/byte-sink';
import { createLineTransform } from '../etl/transform';
import { type CorpusOptions, generateCorpus } from './corpus';
import { CORPUS_SITE_HOSTS } from './corpus-referers';
import type { Report } from './report';

export interface CorpusComparison {
  readonly lines: number;
  /** Lines that are not access lines. */
  readonly garbage: number;
  /** Garbage lines that gave an event. */
  readonly accepted: number;
  /** Access lines that were rejected, or whose event has a wrong field. */
  readonly wrong: number;
  /** Descriptions of the first few of both. */
  readonly faults: readonly string[];
}

const MAX_FAULTS = 10;
const BENCH_LINES = 200_000;

/** Checks the transform against a large corpus. */
export async function benchCorpus(): Promise<Report> {
  const started = performance.now();
  const { lines, garbage, accepted, wrong, faults } = checkCorpus({ lines: BENCH_LINES, seed: 1 });
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  const passed = accepted === 0 && wrong === 0;
  return {
    passed,
    lines,
    garbage,
    garbageAccepted: accepted,
    linesWrong: wrong,
    seconds,
    ...(passed ? {} : { faults }),
  };
}

export function checkCorpus(options: CorpusOptions): CorpusComparison {
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
    if (faults.length < MAX_FAULTS) faults.push(describeFault(line, event ?? reason, truth));
  }
  return { ...counts, faults };
}

function describeFault(line: Buffer, event: unknown, truth: unknown): string {
  return `${line}\n  gave   ${JSON.stringify(event)}\n  not    ${JSON.stringify(truth)}`;
}

import { checkCorpus } from './corpus-check';
import type { Report } from './report';

const LINES = 200_000;

/** The transform against the whole truth corpus. */
export async function benchCorpus(): Promise<Report> {
  const started = performance.now();
  const { lines, garbage, accepted, wrong, faults } = checkCorpus({ lines: LINES, seed: 1 });
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

/** A `RunReader` over HTTP: a running pipeline is the only process that can read its store, so `verify` asks it. */
import { z } from 'zod';
import { DIMENSIONS, type RunReader } from '../store/store';

export const RUN_PATHS = { sums: '/api/sums', examples: '/api/examples', runs: '/api/runs' } as const;

export const isAboutRun = (path: string): boolean => Object.values<string>(RUN_PATHS).includes(path);

const Asked = z.object({ run: z.string().optional() });
const AskedExamples = Asked.extend({ by: z.enum(DIMENSIONS), key: z.string() });

/** @returns undefined if the parameters are invalid. */
export async function answerAboutRun(
  reader: RunReader,
  path: string,
  parameters: URLSearchParams,
): Promise<object | undefined> {
  const given = Object.fromEntries(parameters);
  if (path === RUN_PATHS.runs) return reader.readRuns();
  if (path === RUN_PATHS.sums) return reader.readRunTotals(Asked.parse(given).run);
  const examples = AskedExamples.safeParse(given);
  return examples.success ? reader.readExamples(examples.data) : undefined;
}

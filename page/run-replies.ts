/** What `verify` asks a pipeline that is running, which alone has the store: the three questions of a `RunReader`, as GET. */
import { z } from 'zod';
import { DIMENSIONS, type RunReader } from '../store/store';

export const RUN_PATHS = { sums: '/api/sums', examples: '/api/examples', runs: '/api/runs' } as const;

export const isAboutRun = (path: string): boolean => Object.values<string>(RUN_PATHS).includes(path);

const Asked = z.object({ run: z.string().optional() });
const AskedExamples = Asked.extend({ by: z.enum(DIMENSIONS), key: z.string() });

/** @returns undefined where the parameters are not understood. */
export async function answerAboutRun(
  reader: RunReader,
  path: string,
  parameters: URLSearchParams,
): Promise<object | undefined> {
  const given = Object.fromEntries(parameters);
  if (path === RUN_PATHS.runs) return reader.readRuns();
  if (path === RUN_PATHS.sums) return reader.readRunTotals(Asked.parse(given).run);
  const asked = AskedExamples.safeParse(given);
  return asked.success ? reader.readExamples(asked.data) : undefined;
}

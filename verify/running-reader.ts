/** Asks the pipeline that has the store open: DuckDB lets nobody else read while one writes. */
import { z } from 'zod';
import type { HttpClient } from '../core/http-client';
import { RUN_PATHS } from '../page/run-replies';
import { EventFacts, type RunReader, RunSums } from '../store/run-sums';
import { askEngine } from '../store/search/engine';

export function createRunningReader(client: HttpClient): RunReader {
  const ask = <S extends z.ZodType>(path: string, query: Readonly<Record<string, string>>, schema: S) =>
    askEngine(client, { method: 'GET', path, query }, schema);
  const ofRun = (run: string | undefined) => (run === undefined ? {} : { run });
  return {
    readSums: (run) => ask(RUN_PATHS.sums, ofRun(run), RunSums),
    readExamples: ({ run, by, key }) => ask(RUN_PATHS.examples, { ...ofRun(run), by, key }, z.array(EventFacts)),
    readRuns: () => ask(RUN_PATHS.runs, {}, z.array(z.string())),
  };
}

/** Opens the store that ledgers are checked against: a data folder, also one that a pipeline is using, or a search engine. */
import { z } from 'zod';
import { ToolkitError } from '../core/errors';
import { createHttpClient, type HttpClient } from '../core/http-client';
import { readPageFile } from '../page/page-file';
import { RUN_PATHS } from '../page/run-replies';
import { openReadOnlyStore } from '../store/open-store';
import { askEngine } from '../store/search/engine';
import { EventFacts, type ReadOnlyStore, type RunReader, RunTotals } from '../store/store';

export type RunStore = RunReader & Pick<ReadOnlyStore, 'place' | 'grows' | 'close'>;

/**
 * @param folder the `--data` of a run of `local`.
 * @throws ToolkitError STORE_NOT_FOUND, STORE_LOCKED, STORE_UNREADABLE, STORE_FAILED
 */
export async function openFolder(folder: string): Promise<RunStore> {
  try {
    return await openReadOnlyStore({ kind: 'duckdb', folder });
  } catch (error) {
    // A pipeline that delivers to a search engine has no file; one with a file lets nobody else open it.
    const mayBeRunning = error instanceof ToolkitError && ['STORE_NOT_FOUND', 'STORE_LOCKED'].includes(error.code);
    const running = mayBeRunning ? await findRunning(folder) : undefined;
    if (running === undefined) throw error;
    return running;
  }
}

/** @throws ToolkitError those of `openSearchReadOnly` */
export const openEngine = (client: HttpClient, index: string): Promise<RunStore> =>
  openReadOnlyStore({ kind: 'search', client, index });

/** Finds the pipeline that uses the folder, if one answers: it is asked through its page. */
async function findRunning(folder: string): Promise<RunStore | undefined> {
  const url = await readPageFile(folder);
  if (url === undefined) return undefined;
  const reader = createPageReader(createHttpClient({ url, auth: { mode: 'none' }, timeoutSeconds: 120 }));
  const answers = await reader.readRuns().then(
    () => true,
    (error: unknown) => {
      if (error instanceof ToolkitError && error.code === 'SERVER_UNREACHABLE') return false;
      throw error;
    },
  );
  if (!answers) return undefined;
  return { ...reader, place: `${folder}, in use by a running pipeline`, grows: true, close: async () => {} };
}

function createPageReader(client: HttpClient): RunReader {
  const ask = <S extends z.ZodType>(path: string, query: Readonly<Record<string, string>>, schema: S) =>
    askEngine(client, { method: 'GET', path, query }, schema);
  const ofRun = (run: string | undefined) => (run === undefined ? {} : { run });
  return {
    readRunTotals: (run) => ask(RUN_PATHS.sums, ofRun(run), RunTotals),
    readExamples: ({ run, by, key }) => ask(RUN_PATHS.examples, { ...ofRun(run), by, key }, z.array(EventFacts)),
    readRuns: () => ask(RUN_PATHS.runs, {}, z.array(z.string())),
  };
}

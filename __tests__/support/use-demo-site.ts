/** Shared by the demo site's tests: a folder, a site in it, and its log. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoSite, type DemoSiteProps, startDemoSite } from '../../site/demo-site';
import { type Line, waitForLines } from './log-line';

export interface DemoSiteBench {
  folder(): string;
  /** The site is closed after the test. */
  start(props?: Partial<DemoSiteProps>): Promise<DemoSite>;
  /** The whole log so far. */
  readLog(): Promise<string>;
  /** Waits until the log has that many. */
  lines(count: number): Promise<readonly Line[]>;
  lastLine(count: number): Promise<Line>;
}

/** Gives each test a folder and a way to start a site in it. */
export function useDemoSite(): DemoSiteBench {
  let folder: string;
  let logFile: string;
  let site: DemoSite | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-site-'));
    logFile = join(folder, 'access_log');
  });
  afterEach(async () => {
    await site?.close();
    site = undefined;
    await rm(folder, { recursive: true });
  });

  const readLog = () => readFile(logFile, 'utf8');
  const lines = (count: number) => waitForLines(readLog, () => true, count);
  return {
    folder: () => folder,
    async start(props = {}) {
      logFile = props.logFile ?? logFile;
      site = await startDemoSite({ port: 0, logFile, ...props });
      return site;
    },
    readLog,
    lines,
    lastLine: async (count) => (await lines(count))[count - 1] as Line,
  };
}

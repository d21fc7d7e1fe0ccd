/** Runs real search nodes on this machine, for tests and benchmarks: jars from Maven Central, one process each. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { packageRoot } from '../core/package-root';

/** Each is a profile of `bench/search-node/pom.xml`. */
export const ENGINES = ['elasticsearch-6.3.2', 'elasticsearch-7.10.2', 'opensearch-2.19.1'] as const;
export type EngineName = (typeof ENGINES)[number];

export interface RunningNode {
  readonly url: string;
  stop(): Promise<void>;
}

const NODE = join(packageRoot, 'bench', 'search-node');
const POM = join(NODE, 'pom.xml');
/** Enough for some 100,000 events. Starts faster than with the server compiler. */
const JVM = ['-Xms256m', '-Xmx768m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/**
 * @param home an empty folder for its data.
 * @param jvm further flags, such as `-Xmx1g`.
 * @throws Error with the end of the output of the node or of Maven.
 */
export async function startNode(name: EngineName, home: string, jvm: readonly string[] = []): Promise<RunningNode> {
  const jars = await loadJars(name);
  const java = spawn('java', [...JVM, ...jvm, '-cp', `${jars}/*`, join(NODE, 'SearchNode.java'), home], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const port = await portOf(java);
  const stop = async () => {
    if (java.exitCode !== null || java.signalCode !== null) return;
    java.kill('SIGKILL');
    await once(java, 'exit');
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}

function portOf(java: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let last: string[] = [];
    const read = (line: string) => {
      last = [...last.slice(-20), line];
      const port = /^port (\d+)$/.exec(line)?.[1];
      if (port !== undefined) resolve(port);
    };
    for (const stream of [java.stdout, java.stderr]) if (stream !== null) createInterface(stream).on('line', read);
    java.once('error', reject);
    java.once('close', (code) => reject(new Error(`it ended (${code}): ${last.join('\n')}`)));
  });
}

/**
 * Downloads the engine's jars from Maven Central once, into the user's cache or the folder CLICKSTREAMY_ENGINES. Another pom.xml gets
 * another folder.
 */
async function loadJars(name: EngineName): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const root = process.env['CLICKSTREAMY_ENGINES'] ?? join(cache, 'clickstreamy', 'engines');
  const pom = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  const folder = join(root, `${name}-${pom}`);
  if (existsSync(folder)) return folder;
  await mkdir(root, { recursive: true });
  const half = await mkdtemp(join(root, 'loading-'));
  try {
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${half}`, '-DincludeScope=runtime'];
    await promisify(execFile)('mvn', ['--batch-mode', '--quiet', '--file', POM, '--activate-profiles', name, ...goal], {
      timeout: 180_000,
    });
    // Two suites may download at the same time: the first one's folder stays.
    await rename(half, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(half, { recursive: true, force: true });
  }
  return folder;
}

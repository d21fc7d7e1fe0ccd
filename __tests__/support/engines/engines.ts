/** Gives tests the search nodes that the set-up starts. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINES, type EngineName } from '../../../bench/start-node';
import { needs } from '../needs';
import { until } from '../until';

/** Names the folder of the nodes' state files, `<name>.json`. Set by the set-up, inherited by the workers. */
export const STATE_VARIABLE = 'CLICKSTREAMY_TEST_NODES';

export type NodeState = { readonly url: string } | { readonly failure: string };

/** @returns undefined unless a JDK (a node's starter is compiled from its source) and Maven are installed. */
export function findJavaAndMaven(): string | undefined {
  try {
    execFileSync('javac', ['-version'], { stdio: 'ignore' });
    execFileSync('mvn', ['-version'], { stdio: 'ignore' });
    return 'javac, mvn';
  } catch {
    return undefined;
  }
}

/** Waits until the node has started; the first time ever, that includes downloading its jars. */
async function nodeUrl(name: EngineName): Promise<string> {
  const file = join(process.env[STATE_VARIABLE] ?? '', `${name}.json`);
  await until(() => existsSync(file), { what: `${name} has started`, deadlineMs: START_MS });
  const state = JSON.parse(readFileSync(file, 'utf8')) as NodeState;
  if ('failure' in state) throw new Error(`${name} has not started: ${state.failure}`);
  return state.url;
}

const START_MS = 240_000;

/** Describes the same tests for each engine. @param body gets the node's address as a function, to be called from a test or a hook. */
export function describeEngines(
  subject: string,
  body: (engine: EngineName, url: () => string) => void,
  names: readonly EngineName[] = ENGINES,
): void {
  needs('Java or Maven', process.env[STATE_VARIABLE])(subject, () => {
    describe.each(names)('%s', (name) => {
      let url = '';
      beforeAll(async () => {
        url = await nodeUrl(name);
      }, START_MS + 5000);
      body(name, () => url);
    });
  });
}

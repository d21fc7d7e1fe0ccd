/**
 * Before the engines' tests: begins to start one node of each engine for all test files, and does not wait, so that other tests can run
 * meanwhile. A test waits for its node's state file (`describeEngines`).
 */
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENGINES, type EngineName, type RunningNode, startNode } from '../../../bench/start-node';
import requireBuild from '../require-build';
import { findJavaAndMaven, type NodeState, STATE_VARIABLE } from './engines';

declare global {
  var testNodes: { readonly folder: string; readonly nodes: Promise<readonly (RunningNode | undefined)[]> } | undefined;
}

export default function setUp(): void {
  requireBuild();
  if (findJavaAndMaven() === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'engines-'));
  process.env[STATE_VARIABLE] = folder;
  globalThis.testNodes = { folder, nodes: Promise.all(ENGINES.map((name) => start(name, folder))) };
}

async function start(name: EngineName, folder: string): Promise<RunningNode | undefined> {
  const say = (state: NodeState) => {
    writeFileSync(join(folder, `${name}.half`), JSON.stringify(state));
    renameSync(join(folder, `${name}.half`), join(folder, `${name}.json`));
  };
  try {
    const home = join(folder, name);
    mkdirSync(home);
    const node = await startNode(name, home);
    say({ url: node.url });
    return node;
  } catch (error) {
    say({ failure: String(error) });
    return undefined;
  }
}

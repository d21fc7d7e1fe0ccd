/** After the engines' tests, failed ones too. If the run is killed, its nodes end with their standard input. */
import { rm } from 'node:fs/promises';

export default async function tearDown(): Promise<void> {
  const started = globalThis.testNodes;
  if (started === undefined) return;
  for (const node of await started.nodes) await node?.stop();
  await rm(started.folder, { recursive: true, force: true });
}

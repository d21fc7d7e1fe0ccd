import { setTimeout as sleep } from 'node:timers/promises';
import { ROTATIONS } from './numbered-log';
import type { Scene } from './scene';

const LONGEST_RUN_MS = 3000;

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Starts the pipeline and kills it, again and again, from its first moments on; the log is rotated before some of the kills. */
export async function killAtRandom(scene: Scene, kills: number, seed = Math.floor(Math.random() * 1e9)): Promise<void> {
  process.stderr.write(`${expect.getState().currentTestName}: seed ${seed}\n`);
  const random = randomFrom(seed);
  for (let kill = 1; kill <= kills; kill++) {
    const pipeline = scene.start();
    const runMs = random() * LONGEST_RUN_MS;
    const rotation = ROTATIONS[Math.floor(random() * 2 * ROTATIONS.length)];
    const rotateMs = random() * runMs;
    await sleep(rotateMs);
    if (rotation !== undefined) scene.log.rotate(rotation);
    await sleep(runMs - rotateMs);
    await pipeline.end('SIGKILL');
  }
}

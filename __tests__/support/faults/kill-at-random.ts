import { setTimeout as sleep } from 'node:timers/promises';
import { ROTATIONS } from './numbered-log';
import type { Scene } from './scene';

const LONGEST_RUN_MS = 3000;

/** Starts the pipeline and kills it, again and again, from its first moments on; the log is rotated before some of the kills. */
export async function killAtRandom(scene: Scene, kills: number, random: () => number): Promise<void> {
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

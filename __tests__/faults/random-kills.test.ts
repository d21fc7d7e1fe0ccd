/** Kills at random moments, at four rates, while the log is rotated. A failure names the seed that repeats its choices. */
import { killAtRandom } from '../support/faults/kill-at-random';
import { randomFrom, seedOf } from '../support/faults/random';
import { eachOnce, useScene } from '../support/faults/scene';

const scene = useScene();

it.each([
  { linesPerSecond: 50, kills: 8 },
  { linesPerSecond: 1000, kills: 8 },
  { linesPerSecond: 5000, kills: 8 },
  { linesPerSecond: 20_000, kills: 6 },
])('counts each line once through $kills kills at $linesPerSecond lines/s', async ({ linesPerSecond, kills }) => {
  const { log } = scene();
  log.start(linesPerSecond);
  await killAtRandom(scene(), kills, randomFrom(seedOf()));
  log.stop();

  const { code, stderr } = await scene().once();

  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(await scene().totals()).toEqual(eachOnce(log.written));
});

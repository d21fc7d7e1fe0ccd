/**
 * `npm run soak`: 2,000 lines/s for a quarter of an hour, a rotation and a kill -9 each minute, and what the process takes meanwhile.
 * Not a test of every day; $SOAK_MINUTES and $SOAK_KILL_SECONDS make it shorter or gentler.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { plural } from '../../core/plural';
import type { LocalProcess } from '../support/faults/local-process';
import { ROTATIONS } from '../support/faults/numbered-log';
import { eachOnce, useScene } from '../support/faults/scene';

const { SOAK_MINUTES = '15', SOAK_KILL_SECONDS = '60' } = process.env;
const LINES_PER_SECOND = 2000;
const SAMPLE_MS = 10_000;
const scene = useScene();

const say = (sentence: string) => process.stderr.write(`${sentence}\n`);

/** `62 open files, 210 MB`, as Linux has it; nothing elsewhere, or when the process has just ended. */
function renderUse({ child }: LocalProcess): string {
  const folder = `/proc/${child.pid}`;
  if (!existsSync(`${folder}/fd`)) return '';
  const files = readdirSync(`${folder}/fd`).length;
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`${folder}/status`, 'utf8'))?.[1] ?? 0);
  return `${plural(files, 'open file')}, ${Math.round(kilobytes / 1024)} MB`;
}

it('counts each line once', async () => {
  const { log } = scene();
  const startMs = performance.now();
  const secondsSince = (ms: number) => (performance.now() - ms) / 1000;
  let kills = 0;
  let rotations = 0;
  log.start(LINES_PER_SECOND);
  while (secondsSince(startMs) < 60 * Number(SOAK_MINUTES)) {
    const pipeline = scene().start();
    const startedMs = performance.now();
    const isOver = () => secondsSince(startedMs) >= Number(SOAK_KILL_SECONDS);
    for (let sample = 1; !isOver() && secondsSince(startMs) < 60 * Number(SOAK_MINUTES); sample++) {
      await sleep(SAMPLE_MS);
      say(
        `${Math.round(secondsSince(startMs))} s: ${log.written} lines written, ${kills} kills; ${renderUse(pipeline)}`,
      );
      if (sample % 6 === 3) log.rotate(ROTATIONS[rotations++ % ROTATIONS.length] ?? 'rename');
    }
    await pipeline.end('SIGKILL');
    kills += 1;
  }
  log.stop();

  const { code, stderr } = await scene().once();
  const totals = await scene().totals();
  say(`${plural(kills, 'kill')}, ${plural(rotations, 'rotation')}: ${JSON.stringify(totals)}`);

  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(totals).toEqual(eachOnce(log.written));
});

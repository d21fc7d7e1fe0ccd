/** Small logs, archives, broken files and logs that leave the pattern. */
import { appendFileSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { gzip, lineOf, ROTATIONS } from '../support/faults/numbered-log';
import { eachOnce, useScene } from '../support/faults/scene';

const scene = useScene();
const beside = (name: string) => `${scene().log.path}.${name}`;

const LINES_BELOW_1_KIB = 5;

it.each(ROTATIONS)('counts a small log once when it is rotated by %s while the pipeline is down', async (how) => {
  const { log } = scene();
  log.append(LINES_BELOW_1_KIB);
  expect(await scene().once()).toMatchObject({ code: 0, report: { read: LINES_BELOW_1_KIB } });
  log.rotate(how);
  log.append(2);

  expect(await scene().once()).toMatchObject({ code: 0, report: { read: 2 } });
  expect(await scene().totals()).toEqual(eachOnce(LINES_BELOW_1_KIB + 2));
});

it('counts a small log once that is rotated, then gzipped, while it is followed', async () => {
  const { log } = scene();
  log.append(LINES_BELOW_1_KIB);
  const pipeline = scene().start();
  await pipeline.isDoneWith(LINES_BELOW_1_KIB);
  const rotated = log.rotate('rename');
  log.append(3);
  await pipeline.isDoneWith(LINES_BELOW_1_KIB + 3);
  gzip(rotated);
  log.append(1);
  await pipeline.isDoneWith(LINES_BELOW_1_KIB + 4);

  expect(await pipeline.end('SIGTERM')).toMatchObject({ code: 0 });
  expect(await scene().once()).toMatchObject({ code: 0, report: { read: 0 } });
  expect(await scene().totals()).toEqual(eachOnce(LINES_BELOW_1_KIB + 4));
});

it('names what cannot be read once, reads all others, and ends with 1', async () => {
  const { log } = scene();
  log.append(2000);
  const packed = gzipSync(readFileSync(log.path));
  const half = log.rotate('gzip');
  truncateSync(half, packed.length >> 1);
  log.append(1000);
  const broken = gzipSync(Buffer.from('x'.repeat(100_000)));
  writeFileSync(beside('broken.gz'), broken.fill(0xff, 12, 40));
  symlinkSync(join(scene().folder, 'nowhere'), beside('link'));

  const { code, stderr } = await scene().once();

  expect({ code, stderr }).toMatchObject({ code: 1 });
  for (const path of [half, beside('broken.gz'), beside('link')]) {
    const warnings = stderr.split('\n').filter((line) => line.startsWith(path) && !line.startsWith(`${path}.`));
    expect(warnings).toHaveLength(1);
  }
  const { lost, which, ...rest } = await scene().totals();
  expect(rest).toMatchObject({ doubled: 0 });
  // Only the lines in the half of the archive that is gone, none of those after it.
  expect(lost).toBeGreaterThan(0);
  expect(which).toMatch(/^lost: from \d+ to 1999;/);
});

it('skips NUL bytes before a line', async () => {
  const { log } = scene();
  log.append(20);
  appendFileSync(log.path, Buffer.alloc(3000));
  log.append(20);

  const { code, stderr } = await scene().once();

  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stderr).toContain('has NUL bytes before a line');
  expect(await scene().totals()).toEqual(eachOnce(40));
});

it('says which log left the pattern unread while the pipeline was down', async () => {
  const { log } = scene();
  log.append(20);
  const follower = scene().start({ logs: [log.path] });
  await follower.isDoneWith(20);
  expect(await follower.end('SIGTERM')).toMatchObject({ code: 0 });
  log.append(10);
  const unread = Array.from({ length: 10 }, (_, index) => lineOf(20 + index)).join('').length;
  const rotated = log.rotate('rename');
  log.append(10);

  const { stderr } = await scene().once({ logs: [log.path] });

  expect(stderr).toContain(
    `${log.path} is now ${rotated}, which no pattern matches: ${unread} bytes of it have not been read.`,
  );
});

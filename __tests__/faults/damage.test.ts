/** Files of the data folder that are damaged or gone between two runs, while the log is still there. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomFrom, seedOf } from '../support/faults/random';
import { eachOnce, useScene } from '../support/faults/scene';
import { until } from '../support/until';

const LINES = 30_000;
const scene = useScene();
const inData = (name: string) => join(scene().data, name);

function segments(): string[] {
  mkdirSync(inData('journal'), { recursive: true });
  const names = readdirSync(inData('journal')).filter((name) => name.endsWith('.journal'));
  return names.sort().map((name) => inData(join('journal', name)));
}

const journalBytes = () => segments().reduce((sum, path) => sum + statSync(path).size, 0);

/** Leaves accepted lines in the journal: the transform answers for the first so many buffers only. */
async function leaveJournal(delivered: number): Promise<void> {
  const { log } = scene();
  log.append(LINES);
  const pipeline = scene().start({
    faults: [{ call: 'answer', on: 'transform', nth: delivered + 1, times: 1e6, action: 'delay', ms: 3_600_000 }],
  });
  const least = statSync(log.path).size * (delivered === 0 ? 1 : 0.5);
  await until(() => journalBytes() >= least, { what: 'the lines are in the journal' });
  await pipeline.end('SIGKILL');
}

/** The copy of a buffer is written before its events are stored: of lines that are read again there may be two. */
async function expectEachStoredOnce(): Promise<void> {
  const { stored, failed, lost, doubled } = eachOnce(LINES);
  expect(await scene().totals()).toMatchObject({ stored, failed, lost, doubled });
}

const DAMAGES: Readonly<Record<string, (path: string, random: () => number) => void>> = {
  'one flipped bit': (path, random) => {
    const bytes = readFileSync(path);
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    writeFileSync(path, bytes);
  },
  'a wrong length': (path) => {
    const bytes = readFileSync(path);
    // The first frame’s, after the segment’s magic and marker and its own marker.
    bytes.writeUInt32LE(bytes.readUInt32LE(24) + 1000, 24);
    writeFileSync(path, bytes);
  },
  'a hole of zeros': (path, random) => {
    const bytes = readFileSync(path);
    const start = Math.floor(random() * (bytes.length / 2));
    writeFileSync(path, bytes.fill(0, start, start + 4096));
  },
};

it.each(Object.entries(DAMAGES))('reads lines again that %s in the journal has taken', async (_, damage) => {
  const random = randomFrom(seedOf());
  await leaveJournal(1);
  const [path = ''] = segments();
  damage(path, random);

  const { code, stderr } = await scene().once();

  expect({ code, stderr }).toMatchObject({ code: 1 });
  expect(stderr).toContain('JOURNAL_DAMAGED');
  expect(stderr).toContain(`The journal ${path} is damaged at `);
  expect(readdirSync(inData('journal')).filter((name) => name.endsWith('.damaged'))).toHaveLength(1);
  await expectEachStoredOnce();
});

it.each([
  ['cut off', (path: string, random: () => number) => truncateSync(path, Math.floor(random() * statSync(path).size))],
  ['deleted', (path: string) => rmSync(path)],
])('reads lines again when a segment is %s', async (_, damage) => {
  const random = randomFrom(seedOf());
  await leaveJournal(1);
  for (const path of segments()) damage(path, random);

  await scene().once();

  await expectEachStoredOnce();
});

describe('after a clean run', () => {
  beforeEach(async () => {
    scene().log.append(LINES);
    expect(await scene().once()).toMatchObject({ code: 0 });
  });

  const flipBits = (name: string) => {
    const bytes = readFileSync(inData(name));
    for (let at = 10; at < bytes.length; at += 50) bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(inData(name), bytes);
  };

  it('refuses a checkpoint that it cannot read, and counts each line once when it is deleted', async () => {
    flipBits('shipper.json');

    const refused = await scene().once();
    rmSync(inData('shipper.json'));
    scene().log.append(100);

    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain('CHECKPOINT_UNREADABLE');
    expect(await scene().once()).toMatchObject({ code: 0 });
    expect(await scene().totals()).toEqual(eachOnce(LINES + 100));
  });

  it.each([
    ['damaged', () => flipBits('positions.jsonl')],
    ['emptied', () => truncateSync(inData('positions.jsonl'))],
    ['deleted', () => rmSync(inData('positions.jsonl'))],
  ])('counts each line once by the checkpoint when the positions are %s', async (_, damage) => {
    damage();
    scene().log.append(100);

    await scene().once();

    expect(await scene().totals()).toEqual(eachOnce(LINES + 100));
  });
});

it('knows what the journal holds when both the checkpoint and the positions are gone', async () => {
  await leaveJournal(0);
  for (const name of ['shipper.json', 'positions.jsonl']) rmSync(inData(name));

  expect(await scene().once()).toMatchObject({ code: 0 });
  expect(await scene().totals()).toEqual(eachOnce(LINES));
});

/** A replay that is killed, or stopped, goes on where it was: each record is stored once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtFile } from '../../core/package-root';
import {
  accessLine,
  objectName,
  PROCESSING,
  processingFailed,
  readStored,
  writeObjects,
} from '../support/failed-records';
import { useFolder } from '../support/stream-fixture';
import { until } from '../support/until';
import { replay } from '../support/verify-commands';

const folder = useFolder();
const at = (...path: readonly string[]) => join(folder(), ...path);

const OBJECTS = 8;
const RECORDS = 5000;

/** Each object takes more than one batch; the last line of each is equal in all of them. */
beforeEach(async () => {
  await mkdir(at('data'));
  for (let object = 0; object < OBJECTS; object++) {
    const names = Array.from({ length: RECORDS - 1 }, (_, n) => `o${object}-${n}`);
    const lines = [...names, 'equal'].map((name) => processingFailed(accessLine(name)));
    await writeObjects(at('failed'), { [PROCESSING + objectName(object)]: `${lines.join('\n')}\n` });
  }
});

const args = () => ['run', at('failed'), '--data', at('data'), '--json'];

const receiptsIn = async () =>
  (await readdir(at('data', 'replayed')).catch(() => [])).filter((name) => name.endsWith('.ndjson'));

async function startAndEnd(signal: NodeJS.Signals, isEnough: () => Promise<boolean>) {
  const child = spawn(process.execPath, [builtFile('cli.js'), 'replay', ...args()], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (text) => {
    err += text;
  });
  const ended = once(child, 'close');
  await until(async () => child.exitCode !== null || (await isEnough()), { what: () => `enough is replayed: ${err}` });
  child.kill(signal);
  const [code] = await ended;
  return { code, err };
}

async function expectAllOnce(): Promise<void> {
  const stored = await readStored(at('data'));
  const pages = new Map<string | null, number>();
  for (const { page } of stored) pages.set(page, (pages.get(page) ?? 0) + 1);
  expect(stored).toHaveLength(OBJECTS * RECORDS);
  expect(pages.get('/equal/')).toBe(OBJECTS);
  expect(pages.size).toBe(OBJECTS * (RECORDS - 1) + 1);
}

it('survives kill -9 three times, each in another object, and doubles nothing', async () => {
  for (const receipts of [0, 2, 5]) {
    const isEnough = async () =>
      (await receiptsIn()).length >= receipts &&
      (await readdir(at('data', 'replayed'))).some((name) => name.endsWith('.draft'));
    const { code } = await startAndEnd('SIGKILL', async () => isEnough().catch(() => false));
    // Killed, and not at its end.
    expect(code).toBeNull();
  }
  const done = (await receiptsIn()).length;

  const { code, out } = await replay(args());

  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    ...{ objectsBefore: done, objects: OBJECTS - done, problems: 0, failed: 0 },
    ...{ records: (OBJECTS - done) * RECORDS, recordsBefore: done * RECORDS },
  });
  await expectAllOnce();
  expect((await readdir(at('data', 'replayed'))).filter((name) => !name.endsWith('.ndjson'))).toEqual([]);
});

it('stops at SIGINT with a clear sentence, and goes on from there', async () => {
  const stopped = await startAndEnd('SIGINT', async () => (await receiptsIn()).length >= 2);
  const done = (await receiptsIn()).length;

  const { code, out } = await replay(args());

  expect(stopped.code).toBe(1);
  expect(stopped.err).toMatch(
    new RegExp(`error \\[REPLAY_STOPPED\\]: The replay was stopped; ${done} objects done\\.\\n→ .+\\n$`),
  );
  expect(done).toBeLessThan(OBJECTS);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ objectsBefore: done, objects: OBJECTS - done });
  await expectAllOnce();
});

it('writes a receipt with a line for each record', async () => {
  await replay(args());

  const [name = ''] = await receiptsIn();
  const lines = (await readFile(at('data', 'replayed', name), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(RECORDS + 2);
  expect(lines.slice(1, -1).map(({ line }) => line)).toEqual(Array.from({ length: RECORDS }, (_, n) => n + 1));
  expect(new Set(lines.slice(1, -1).map(({ id }) => id)).size).toBe(RECORDS);
});

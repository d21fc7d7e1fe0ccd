import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../core/package-root';
import { keepingStore, openStream, readObjects, useFolder } from '../support/stream-fixture';
import { until } from '../support/until';

const CHILD = join(packageRoot, '__tests__/support/stream-child.cjs');
const folder = useFolder();

interface Said {
  readonly accepted: Map<string, string>;
  readonly refused: string[];
  opened: boolean;
}

/** Runs the child until it has said enough, kills it as a power switch would, and returns all that it said before. */
async function runAndKill(command: string, args: readonly string[], enough: (said: Said) => boolean): Promise<Said> {
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: Said = { accepted: new Map(), refused: [], opened: false };
  if (child.stdout === null) throw new Error('no pipe');
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const word = JSON.parse(line);
    for (const [id, name] of word.accepted ?? []) said.accepted.set(id, name);
    if (word.refused !== undefined) said.refused.push(word.refused);
    if (word.opened) said.opened = true;
  });
  const ended = once(lines, 'close');
  try {
    await until(() => enough(said), { what: 'the child has accepted enough' });
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
  return said;
}

function storedByChild(): [string, string][] {
  const path = join(folder(), 'stored');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

const nameOf = (document: string) => document.trimEnd();

it('loses no accepted record to kill -9 under load, three times over, and keeps every id', async () => {
  const accepted = new Map<string, string>();
  for (let run = 0; run < 3; run++) {
    const args = [CHILD, join(packageRoot, 'dist'), folder(), `run${run}`, '40', '5000'];
    const said = await runAndKill(process.execPath, args, (sofar) => sofar.accepted.size > 2000);
    for (const [id, name] of said.accepted) accepted.set(id, name);
  }

  const store = keepingStore();
  const stream = await openStream(folder(), { store });
  await stream.drain();
  await stream.close();

  const delivered = new Map<string, string>();
  for (const [id, document] of [...storedByChild(), ...store.documents]) {
    expect(delivered.get(id) ?? nameOf(document)).toBe(nameOf(document));
    delivered.set(id, nameOf(document));
  }
  const lost = [...accepted].filter(([id, name]) => delivered.get(id) !== name);
  expect(lost).toEqual([]);
  // The copy has each record once too, though buffers were delivered again; and no more than was delivered.
  const copied = [...(await readObjects(folder(), '')).values()].join('').split('\n').slice(0, -1).map(nameOf);
  expect(new Set(copied).size).toBe(copied.length);
  expect([...copied].sort()).toEqual([...delivered.values()].sort());
  expect(stream.buffered().records).toBe(0);
});

// A limit on the size of a file is the nearest that any Unix has to a disk that fills up.
(process.platform === 'win32' ? it.skip : it)(
  'refuses what a full disk cannot take, and keeps what it took',
  async () => {
    const args = [process.execPath, CHILD, join(packageRoot, 'dist'), folder(), 'run', '1000', '10000000'];
    const limited = ['-c', 'trap "" XFSZ; ulimit -f 200; exec "$@"', 'bash', ...args];

    const said = await runAndKill('bash', limited, ({ refused }) => refused.length > 0);

    const store = keepingStore();
    const stream = await openStream(folder(), { store, bufferBytes: 10_000_000 });
    await stream.drain();
    await stream.close();
    expect(new Set(said.refused)).toEqual(new Set(['JOURNAL_WRITE_FAILED']));
    expect(said.accepted.size).toBeGreaterThan(0);
    const delivered = new Map([...storedByChild(), ...store.documents]);
    const lost = [...said.accepted].filter(([id, name]) => nameOf(delivered.get(id) ?? '') !== name);
    expect(lost).toEqual([]);
  },
);

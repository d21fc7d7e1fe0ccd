/**
 * Shipper, journal and positions against a model of one line: what was written is stored once. A crash is a copy of the data folder
 * and of the store, made while the pipeline works; the next run goes on from the copy, and the first one is forgotten.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { errnoOf } from '../../core/errors';
import { StreamSink } from '../../local/stream-sink';
import { startShipper } from '../../shipper/shipper';
import { lineOf, NumberedLog, ROTATIONS, type Rotation } from '../support/faults/numbered-log';
import { seedOf } from '../support/faults/random';
import { asItIs, functionOf, keepingStore, openStream } from '../support/stream-fixture';

/** What the commands need to know to be possible. */
interface Model {
  written: number;
}

class World {
  readonly #root = mkdtempSync(join(tmpdir(), 'model-'));
  readonly log = new NumberedLog(join(this.#root, 'access_log'));
  store = keepingStore();
  #lives = 0;

  get data(): string {
    return join(this.#root, `data-${this.#lives}`);
  }

  /** Runs the pipeline to its end, or only for so many turns of the event loop: then the machine stops. */
  async run(turns = Number.POSITIVE_INFINITY): Promise<void> {
    const { data, store } = this;
    const stream = await openStream(data, {
      store,
      transform: functionOf(asItIs),
      bufferBytes: 3000,
      bufferSeconds: 0.02,
    });
    const shipper = startShipper({
      patterns: [`${this.log.path}*`],
      sink: new StreamSink(stream, () => {}),
      checkpointFile: join(data, 'shipper.json'),
      rejectFolder: join(data, 'rejected'),
      once: true,
      warn: () => {},
    });
    let hasEnded = false;
    const whole = shipper.finished
      .then(() => stream.drain())
      .finally(() => {
        hasEnded = true;
      });
    for (let turn = 0; turn < turns && !hasEnded; turn++) await new Promise(setImmediate);
    if (hasEnded) await whole;
    else this.#crash();
    await shipper.stop();
    await stream.close();
    if (this.data === data) await shipper.saveCheckpoint();
  }

  /** From here on nothing that the running pipeline does is seen. */
  #crash(): void {
    const before = this.data;
    this.#lives += 1;
    copyFolder(before, this.data);
    const documents = new Map(this.store.documents);
    this.store = keepingStore();
    for (const [id, document] of documents) this.store.documents.set(id, document);
  }

  /** Flips a bit of a segment of which nothing is stored: what is stored but not yet acknowledged has no other witness. */
  damage(choice: number): void {
    const journal = join(this.data, 'journal');
    if (!existsSync(journal)) return;
    const stored = new Set(this.store.documents.values());
    for (const name of readdirSync(journal).filter((name) => name.endsWith('.journal'))) {
      const bytes = readFileSync(join(journal, name));
      const text = bytes.toString('latin1');
      if ([...stored].some((line) => text.includes(line))) continue;
      const at = choice % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (choice % 8));
      writeFileSync(join(journal, name), bytes);
      return;
    }
  }

  close(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** A file that is renamed meanwhile, by work that has begun, is there under its other name. */
function copyFolder(from: string, to: string): void {
  for (;;) {
    try {
      cpSync(from, to, { recursive: true });
      return;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      rmSync(to, { recursive: true, force: true });
    }
  }
}

/** $FAULT_RUNS asks for more. */
const RUNS = Number(process.env['FAULT_RUNS'] ?? 40);

type Command = fc.AsyncCommand<Model, World>;
const always = () => true;

class Write implements Command {
  readonly #lines: number;
  constructor(lines: number) {
    this.#lines = lines;
  }
  check = always;
  async run(model: Model, { log }: World) {
    log.append(this.#lines);
    model.written += this.#lines;
  }
  toString = () => `Write(${this.#lines})`;
}

class Rotate implements Command {
  readonly #how: Rotation;
  constructor(how: Rotation) {
    this.#how = how;
  }
  check = ({ written }: Model) => written > 0;
  async run(_: Model, { log }: World) {
    log.rotate(this.#how);
  }
  toString = () => `Rotate(${this.#how})`;
}

class Crash implements Command {
  readonly #turns: number;
  constructor(turns: number) {
    this.#turns = turns;
  }
  check = always;
  async run(_: Model, world: World) {
    await world.run(this.#turns);
  }
  toString = () => `Crash(${this.#turns})`;
}

class Damage implements Command {
  readonly #choice: number;
  constructor(choice: number) {
    this.#choice = choice;
  }
  check = always;
  async run(_: Model, world: World) {
    world.damage(this.#choice);
  }
  toString = () => `Damage(${this.#choice})`;
}

class LoseCheckpoint implements Command {
  check = always;
  async run(_: Model, { data }: World) {
    rmSync(join(data, 'shipper.json'), { force: true });
  }
  toString = () => 'LoseCheckpoint()';
}

class Run implements Command {
  check = always;
  async run({ written }: Model, world: World) {
    await world.run();
    const stored = [...world.store.documents.values()].sort();
    expect(stored).toEqual(Array.from({ length: written }, (_, number) => lineOf(number)).sort());
  }
  toString = () => 'Run()';
}

const commands = fc.commands(
  [
    fc.integer({ min: 1, max: 150 }).map((lines) => new Write(lines)),
    fc.constantFrom(...ROTATIONS).map((how) => new Rotate(how)),
    fc.integer({ min: 1, max: 300 }).map((turns) => new Crash(turns)),
    fc.nat(1_000_000).map((choice) => new Damage(choice)),
    fc.constant(new LoseCheckpoint()),
    fc.constant(new Run()),
  ],
  { maxCommands: 20 },
);

it('stores each line once, whatever happens in which order', async () => {
  const seed = seedOf();
  const scenario = fc.asyncProperty(commands, async (steps) => {
    const world = new World();
    try {
      await fc.asyncModelRun(() => ({ model: { written: 0 }, real: world }), [...steps, new Run()]);
    } finally {
      world.close();
    }
  });
  await fc.assert(scenario, { seed, numRuns: RUNS });
});

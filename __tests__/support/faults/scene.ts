/** A numbered log, a data folder, and pipelines that follow the one into the other. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, LocalProcess, type LocalProcessProps } from './local-process';
import { kindOf, NumberedLog } from './numbered-log';
import { readTotals, type Totals } from './read-totals';

export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), 'faults-'));
  readonly data = join(this.folder, 'data');
  readonly log: NumberedLog;
  readonly #processes: LocalProcess[] = [];

  constructor() {
    mkdirSync(join(this.folder, 'log'));
    this.log = new NumberedLog(join(this.folder, 'log', 'access_log'));
  }

  /** What the pipelines follow unless told otherwise. */
  get pattern(): string {
    return `${this.log.path}*`;
  }

  start(props: Partial<LocalProcessProps> = {}): LocalProcess {
    const started = new LocalProcess({ data: this.data, logs: [this.pattern], ...props });
    this.#processes.push(started);
    return started;
  }

  /** A run that ends when everything that is there is stored. */
  once({ args = [], ...props }: Partial<LocalProcessProps> = {}): Promise<Ended> {
    return this.start({ args: ['--once', ...args], ...props }).ended;
  }

  totals(): Promise<Totals> {
    return readTotals(this.data, this.log.written);
  }

  async close(): Promise<void> {
    this.log.stop();
    for (const one of this.#processes) {
      one.signal('SIGKILL');
      await one.ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Each test's own, closed after it. */
export function useScene(): () => Scene {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.close());
  return () => scene;
}

/** The totals of a log whose lines all were counted once. */
export function eachOnce(written: number): Totals {
  const kinds = { access: 0, garbage: 0, blank: 0 };
  for (let number = 0; number < written; number++) kinds[kindOf(number)] += 1;
  return {
    written,
    stored: kinds.access,
    failed: kinds.garbage === 0 ? {} : { 'Lambda.ProcessingFailedStatus': kinds.garbage },
    dropped: kinds.blank,
    lost: 0,
    doubled: 0,
    copiedOtherwise: 0,
    which: '',
  };
}

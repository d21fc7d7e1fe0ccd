/**
 * What is on its way to a stream that cannot say what it has. The note is on disk before the records are sent, so that after a
 * crash the batches that may be there twice are known by file and bytes.
 */
import { readFile } from 'node:fs/promises';
import { reasonOf, ToolkitError } from '../core/errors';
import { plural } from '../core/plural';
import type { InFlight, SentBatch } from './record-sink';
import { replaceFile } from './replace-file';

export class InFlightNote {
  readonly #path: string;
  readonly #batches = new Set<InFlight>();
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** What was on its way when the last run ended: nothing, unless it was killed. */
  async read(): Promise<readonly InFlight[]> {
    try {
      return JSON.parse(await readFile(this.#path, 'utf8'));
    } catch {
      return []; // There is none, or the first one was being written: nothing was sent then.
    }
  }

  /** Resolves once the note is on disk. */
  async begin({ records, sources }: SentBatch): Promise<InFlight> {
    const places = sources.map(({ path, from, to }) => `${path}, bytes ${from} to ${to}`);
    const inFlight = { name: `${plural(records.length, 'record')} of ${places.join('; ')}`, records: records.length };
    this.#batches.add(inFlight);
    await this.#write();
    return inFlight;
  }

  /** The checkpoint says the same a moment later; until then a crash names a batch too many. */
  async end(inFlight: InFlight): Promise<void> {
    this.#batches.delete(inFlight);
    if (this.#batches.size === 0) await this.#write();
  }

  #write(): Promise<void> {
    this.#writing = this.#writing.catch(() => {}).then(() => this.#replace());
    return this.#writing;
  }

  async #replace(): Promise<void> {
    try {
      await replaceFile(this.#path, JSON.stringify([...this.#batches]));
    } catch (error) {
      throw new ToolkitError(
        'CHECKPOINT_UNWRITABLE',
        `What is on its way cannot be noted in ${this.#path}: ${reasonOf(error)}.`,
        'Free space on the disk, or give this user the right to write there; nothing that was not noted is sent.',
        { cause: error },
      );
    }
  }
}

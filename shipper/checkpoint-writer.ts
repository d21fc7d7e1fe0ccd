import { reasonOf } from '../core/errors';
import { saveCheckpoint } from './checkpoint';
import type { ContentRecord } from './log-content';

export interface CheckpointWriterProps {
  readonly file: string;
  /** What need not be read again, of each content. */
  readonly records: () => Promise<readonly ContentRecord[]>;
  /** Called once when a write that was due has failed: it is tried again. */
  readonly warn: (sentence: string) => void;
}

const INTERVAL_MS = 1000;

/** Writes the checkpoint if it has changed: once a second while logs are read, and on demand. */
export class CheckpointWriter {
  readonly #props: CheckpointWriterProps;
  #dueMs = 0;
  #saved = '';
  #saving: Promise<void> | undefined;
  #warned = false;

  constructor(props: CheckpointWriterProps) {
    this.#props = props;
  }

  saveIfDue(): void {
    if (this.#saving !== undefined || performance.now() < this.#dueMs) return;
    this.#dueMs = performance.now() + INTERVAL_MS;
    this.#saving = this.#write()
      .then(() => {
        this.#warned = false;
      }, this.#warnOnce)
      .then(() => {
        this.#saving = undefined;
      });
  }

  readonly #warnOnce = (error: unknown): void => {
    if (!this.#warned) this.#props.warn(`${reasonOf(error)} It is tried again.`);
    this.#warned = true;
  };

  /** @throws ToolkitError CHECKPOINT_UNWRITABLE */
  async save(): Promise<void> {
    await this.#saving;
    await this.#write();
  }

  async #write(): Promise<void> {
    const records = await this.#props.records();
    const state = JSON.stringify(records);
    if (state === this.#saved) return;
    await saveCheckpoint(this.#props.file, records);
    this.#saved = state;
  }
}

import { saveCheckpoint } from './checkpoint';
import type { ContentRecord } from './log-content';

export interface CheckpointWriterProps {
  readonly file: string;
  /** How far each content is acknowledged now. */
  readonly records: () => readonly ContentRecord[];
  /** Called when a write that was due has failed. */
  readonly failed: (error: unknown) => void;
}

const INTERVAL_MS = 1000;

/** Writes the checkpoint if it has changed: once a second while logs are read, and on demand. */
export class CheckpointWriter {
  readonly #props: CheckpointWriterProps;
  #dueMs = 0;
  #saved = '';
  #saving: Promise<void> | undefined;

  constructor(props: CheckpointWriterProps) {
    this.#props = props;
  }

  saveIfDue(): void {
    if (this.#saving !== undefined || Date.now() < this.#dueMs) return;
    this.#dueMs = Date.now() + INTERVAL_MS;
    this.#saving = this.#write()
      .catch(this.#props.failed)
      .then(() => {
        this.#saving = undefined;
      });
  }

  /** @throws ToolkitError CHECKPOINT_UNWRITABLE */
  async save(): Promise<void> {
    await this.#saving;
    await this.#write();
  }

  async #write(): Promise<void> {
    const records = this.#props.records();
    const state = JSON.stringify(records);
    if (state === this.#saved) return;
    await saveCheckpoint(this.#props.file, records);
    this.#saved = state;
  }
}

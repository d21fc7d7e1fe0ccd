import { MAX_BATCH_BYTES, MAX_BATCH_RECORDS, MAX_RECORD_BYTES } from '../core/firehose-limits';
import { MAX_SOURCES_A_BATCH, type RecordSource } from '../core/record-source';
import type { LogContent, Pending } from './log-content';
import type { SentBatch } from './record-sink';

const NEWLINE = 10;

/** Why taking lines ended: the batch is full, the block has no further whole line, or the next line is too long or begins with NUL. */
export type Taken = 'full' | 'block-end' | 'too-long' | 'nul';

/** The log whose lines a batch takes. */
export interface BatchLog {
  readonly path: string;
  readonly file: string;
}

interface Part {
  readonly log: BatchLog;
  readonly content: LogContent;
  readonly pending: Pending;
}

/** The records of one `PutRecordBatch`, and the parts of the logs that they come from. */
export class RecordBatch implements SentBatch {
  readonly records: Uint8Array[] = [];
  readonly #parts: Part[] = [];
  #bytes = 0;

  /**
   * Takes whole lines of a block, as views of it, until the batch meets one of its limits.
   *
   * @param block bytes of the content from its read offset on; what is taken counts as read.
   * @param final the block ends with the log: a last line without a newline is a line.
   * @returns where the first line that was not taken begins.
   */
  take(
    log: BatchLog,
    content: LogContent,
    block: Buffer,
    start: number,
    final: boolean,
  ): { next: number; ended: Taken } {
    if (this.#parts.length >= MAX_SOURCES_A_BATCH && start < block.length) return { next: start, ended: 'full' };
    const before = this.records.length;
    let next = start;
    let ended: Taken = 'block-end';
    while (next < block.length) {
      if (block[next] === 0) {
        ended = 'nul';
        break;
      }
      const newline = block.indexOf(NEWLINE, next);
      const end = newline < 0 ? block.length : newline + 1;
      if (end - next > MAX_RECORD_BYTES) {
        ended = 'too-long';
        break;
      }
      if (newline < 0 && !final) break;
      if (!this.#hasSpace(end - next)) {
        ended = 'full';
        break;
      }
      this.records.push(block.subarray(next, end));
      this.#bytes += end - next;
      next = end;
    }
    if (this.records.length > before)
      this.#parts.push({
        log: { path: log.path, file: log.file },
        content,
        pending: content.pend(block.subarray(start, next)),
      });
    return { next, ended };
  }

  #hasSpace(bytes: number): boolean {
    return this.records.length < MAX_BATCH_RECORDS && this.#bytes + bytes <= MAX_BATCH_BYTES;
  }

  get sources(): readonly RecordSource[] {
    return this.#parts.map(({ log, content, pending: { from, to } }) => ({
      key: content.key,
      ...log,
      from,
      to,
      head: content.headPrint,
    }));
  }

  /** The delivery stream has accepted all of it. */
  acknowledge(): void {
    for (const { content, pending } of this.#parts) content.settle(pending);
  }
}

import { MAX_BATCH_BYTES, MAX_BATCH_RECORDS, MAX_RECORD_BYTES } from '../core/firehose-limits';
import type { LogContent, Pending } from './log-content';

const NEWLINE = 10;

/** Why taking lines ended: the batch is full, the block has no further whole line, or the next line is too long. */
export type Taken = 'full' | 'block-end' | 'too-long';

/** The records of one `PutRecordBatch`, and the parts of the logs that they come from. */
export class RecordBatch {
  readonly records: Uint8Array[] = [];
  readonly #parts: { readonly content: LogContent; readonly pending: Pending }[] = [];
  #bytes = 0;

  /**
   * Takes whole lines of a block, as views of it, until the batch meets one of its limits.
   *
   * @param block bytes of the content from its read offset on; what is taken counts as read.
   * @param final the block ends with the log: a last line without a newline is a line.
   * @returns where the first line that was not taken begins.
   */
  take(content: LogContent, block: Buffer, start: number, final: boolean): { next: number; ended: Taken } {
    const before = this.records.length;
    let next = start;
    let ended: Taken = 'block-end';
    while (next < block.length) {
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
    if (this.records.length > before) {
      content.advance(block.subarray(start, next));
      this.#parts.push({ content, pending: content.pend() });
    }
    return { next, ended };
  }

  #hasSpace(bytes: number): boolean {
    return this.records.length < MAX_BATCH_RECORDS && this.#bytes + bytes <= MAX_BATCH_BYTES;
  }

  /** The delivery stream has accepted all of it. */
  acknowledge(): void {
    for (const { content, pending } of this.#parts) content.settle(pending);
  }
}

/**
 * Appends lines to the access log in order, a batch at a time.
 *
 * Writes are synchronous: an append to the page cache takes microseconds, nothing is in flight when the log is closed or
 * reopened, and no write waits behind the password hashes in the thread pool.
 */
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf, ToolkitError } from '../../core/errors';
import { plural } from '../../core/plural';

const BATCH_MS = 10;
const BATCH_BYTES = 64 * 1024;
const RETRY_MS = 500;
/** Bytes kept while the file cannot be written; further lines are lost and counted. */
const KEPT_BYTES = 8 * 1024 * 1024;

export interface AccessLog {
  /** @param line ASCII, without its newline. It is in the file within 10 ms, unless that cannot be written. */
  write(line: string): void;
  /** Reopens the file by its name, after it was renamed. @throws ToolkitError LOG_NOT_WRITABLE; the log then continues in the old file. */
  reopen(): void;
  /** Writes the remaining lines. */
  close(): void;
}

/**
 * @param warn is called once when the log cannot be written, and once when it can again, with the number of lost lines.
 * @throws ToolkitError LOG_NOT_WRITABLE
 */
export function openAccessLog(file: string, warn: (message: string) => void): AccessLog {
  let descriptor = openLog(file);
  let pending = '';
  /** How many bytes of the first pending line are in the file already. */
  let written = 0;
  let failing = false;
  let lost = 0;
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    try {
      while (written < pending.length) written += writeSync(descriptor, pending.slice(written), null, 'latin1');
      pending = '';
      written = 0;
      if (failing) recovered();
    } catch (error) {
      const lineStart = pending.lastIndexOf('\n', written - 1) + 1;
      pending = pending.slice(lineStart);
      written -= lineStart;
      if (!failing)
        warn(`The access log ${file} cannot be written: ${reasonOf(error)}. Lines are kept in memory until it can.`);
      failing = true;
      schedule(RETRY_MS);
    }
  };
  const recovered = () => {
    warn(
      `The access log ${file} can be written again; ${lost === 0 ? 'no line was lost' : `${countLines(lost)} lost`}.`,
    );
    failing = false;
    lost = 0;
  };
  const schedule = (ms: number) => {
    timer ??= setTimeout(flush, ms);
  };

  return {
    write(line) {
      if (pending.length + line.length > KEPT_BYTES) {
        lost += 1;
        return;
      }
      pending += `${line}\n`;
      if (failing) return;
      if (pending.length >= BATCH_BYTES) flush();
      else schedule(BATCH_MS);
    },
    reopen() {
      flush();
      const reopened = openLog(file);
      closeSync(descriptor);
      descriptor = reopened;
      // A line that is in the old file only in part is written whole into the new one.
      written = 0;
      flush();
    },
    close() {
      flush();
      clearTimeout(timer);
      closeSync(descriptor);
      if (pending === '') return;
      warn(
        `The access log ${file} could not be written: ${countLines(pending.split('\n').length - 1 + lost)} missing at its end.`,
      );
    },
  };
}

const countLines = (count: number) => `${plural(count, 'line')} ${count === 1 ? 'is' : 'are'}`;

function openLog(file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const descriptor = openSync(file, 'a+', 0o640);
    endCutLine(descriptor);
    return descriptor;
  } catch (error) {
    throw new ToolkitError(
      'LOG_NOT_WRITABLE',
      `The access log ${file} cannot be written: ${reasonOf(error)}.`,
      'Name another file, or let this user write to its folder.',
      { cause: error },
    );
  }
}

/** Ends a line that a crash cut short, so that it is not joined with the first one of this run. */
function endCutLine(descriptor: number): void {
  const stat = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  if (!stat.isFile() || stat.size === 0 || readSync(descriptor, last, 0, 1, stat.size - 1) === 0) return;
  if (last[0] !== 0x0a) writeSync(descriptor, '\n');
}

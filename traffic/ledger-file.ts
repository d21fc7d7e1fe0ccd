/** The ledger as a file: one JSON document, documented in docs/traffic.md. */
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { errnoOf, reasonOf, ToolkitError } from '../core/errors';
import type { Totals } from './ledger';
import type { OutputEnd } from './output';

/** Of the format: it grows when a reader of the old one would misread the new one. */
export const LEDGER_VERSION = 1;

export interface LedgerFile extends Totals {
  readonly ledger: typeof LEDGER_VERSION;
  /** Of the run, as its lines carry it: `clickstreamy/<run>` at the end of the user agent. */
  readonly run: string;
  readonly seed: string;
  readonly output: 'http' | 'file' | 'stream';
  /** What was asked, as far as the plan depends on it, and where it went. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Moment 0 of the plan. */
  readonly startedAt: string;
  /** Written before the run's end by none: a run that was killed leaves no ledger. */
  readonly end: OutputEnd;
  /** Requests whose time came. */
  readonly planned: number;
  readonly sent: number;
}

/**
 * Tries before the run whether the file can be written; one that is there already stays as it is until the new ledger is whole.
 *
 * @throws ToolkitError LEDGER_NOT_WRITABLE
 */
export function probeLedgerFile(file: string): void {
  attempt(file, () => {
    const probed = isDevice(file) ? file : asideOf(file);
    writeFileSync(probed, '');
    if (probed !== file) rmSync(probed);
  });
}

/** @throws ToolkitError LEDGER_NOT_WRITABLE */
export function writeLedgerFile(file: string, ledger: LedgerFile): void {
  const text = `${JSON.stringify(ledger)}\n`;
  attempt(file, () => {
    if (isDevice(file)) return writeFileSync(file, text);
    try {
      writeFileSync(asideOf(file), text);
      renameSync(asideOf(file), file);
    } catch (error) {
      rmSync(asideOf(file), { force: true });
      throw error;
    }
  });
}

const asideOf = (file: string) => `${file}.new`;

/** `/dev/stdout` or a pipe: nothing that another file may take the place of. */
function isDevice(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  return stat !== undefined && !stat.isFile();
}

function attempt(file: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new ToolkitError(
      'LEDGER_NOT_WRITABLE',
      `The ledger ${file} cannot be written: ${errnoOf(error) === 'ENOENT' ? 'its folder does not exist' : reasonOf(error)}.`,
      'Name another file, or let this user write to its folder.',
      { cause: error },
    );
  }
}

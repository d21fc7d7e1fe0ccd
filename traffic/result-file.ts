/** Files that a run leaves: checked before the run, written at its end, whole or not at all. */
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { reasonOfWrite, ToolkitError } from '../core/errors';

export interface ResultFile {
  readonly file: string;
  /** Names the file in messages, and decides the error's code. */
  readonly kind: 'ledger' | 'report';
}

const CODES = { ledger: 'LEDGER_NOT_WRITABLE', report: 'REPORT_NOT_WRITABLE' };

/**
 * Checks before the run that the file can be written. An existing file stays as it is until the new one is complete.
 *
 * @throws ToolkitError LEDGER_NOT_WRITABLE, REPORT_NOT_WRITABLE
 */
export function probeResultFile(result: ResultFile): void {
  const { file } = result;
  attempt(result, () => {
    const probed = isDevice(file) ? file : asideOf(file);
    writeFileSync(probed, '');
    if (probed !== file) rmSync(probed);
  });
}

/** @throws ToolkitError LEDGER_NOT_WRITABLE, REPORT_NOT_WRITABLE */
export function writeResultFile(result: ResultFile, text: string): void {
  const { file } = result;
  attempt(result, () => {
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

/** Whether it is a device or a pipe (`/dev/stdout`), which a new file must not replace. */
function isDevice(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  return stat !== undefined && !stat.isFile();
}

function attempt({ file, kind }: ResultFile, work: () => void): void {
  try {
    work();
  } catch (error) {
    const code = CODES[kind];
    throw new ToolkitError(
      code,
      `The ${kind} ${file} cannot be written: ${reasonOfWrite(error)}.`,
      'Choose another file, or let this user write to its folder.',
      { cause: error },
    );
  }
}

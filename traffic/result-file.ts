/** Files that a run leaves: tried before it, written whole at its end. */
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { errnoOf, reasonOf, ToolkitError } from '../core/errors';

export interface ResultFile {
  readonly file: string;
  /** What it is called in a sentence, and its error. */
  readonly kind: 'ledger' | 'report';
}

const CODES = { ledger: 'LEDGER_NOT_WRITABLE', report: 'REPORT_NOT_WRITABLE' };

/**
 * Tries before the run whether the file can be written; one that is there already stays as it is until the new one is whole.
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

/** `/dev/stdout` or a pipe: nothing that another file may take the place of. */
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
    const why = errnoOf(error) === 'ENOENT' ? 'its folder does not exist' : reasonOf(error);
    throw new ToolkitError(
      code,
      `The ${kind} ${file} cannot be written: ${why}.`,
      'Name another file, or let this user write to its folder.',
      { cause: error },
    );
  }
}

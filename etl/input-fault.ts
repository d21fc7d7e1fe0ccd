/** Why an input of `clickstreamy etl` could not be read to its end, in one sentence. */
import { errnoOf, reasonOf, ToolkitError } from '../core/errors';
import { GunzipError } from '../core/gunzip';
import { grouped } from '../core/progress-text';

/** @param lines how many of its lines have been written out. */
export function inputFault(name: string, error: unknown, lines: number): ToolkitError {
  if (error instanceof ToolkitError) return error;
  const [code, fault, hint] = error instanceof GunzipError ? gzipFault(error) : readFault(error);
  const before =
    lines === 0 ? '' : `; its first ${lines === 1 ? 'line has' : `${grouped(lines)} lines have`} been written out`;
  return new ToolkitError(code, `${name} ${fault}.`, `${hint}${before}.`, { cause: error });
}

function gzipFault({ afterEnd, unfinished, packedOffset, message }: GunzipError): [string, string, string] {
  if (afterEnd) {
    const fault = `has bytes after the end of its gzip data that are not gzip, from byte ${grouped(packedOffset)} on`;
    return ['INPUT_CORRUPT', fault, 'Look at what was appended to it'];
  }
  if (unfinished) return ['INPUT_CORRUPT', `is not a complete gzip file: ${message}`, 'Fetch it again'];
  return ['INPUT_CORRUPT', `is damaged gzip, near byte ${grouped(packedOffset)}: ${message}`, 'Fetch it again'];
}

function readFault(error: unknown): [string, string, string] {
  const isLimit = errnoOf(error) === 'EMFILE';
  const hint = isLimit ? 'Raise the limit of open files (ulimit -n)' : 'Check its path and its permissions';
  return ['INPUT_UNREADABLE', `cannot be read: ${reasonOf(error)}`, hint];
}

import { isNativeError } from 'node:util/types';

/** A failure that the user can fix: the message says what is wrong, `hint` what to do about it. */
export class ToolkitError extends Error {
  /** Stable and greppable; each is a heading in docs/errors.md. */
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, hint: string, options?: ErrorOptions) {
    super(`${message}\n→ ${hint}`, options);
    this.name = new.target.name;
    this.code = code;
    this.hint = hint;
  }
}

/** The command was called wrongly: exit code 2. */
export class UsageError extends ToolkitError {
  constructor(message: string, hint = 'See --help.', options?: ErrorOptions) {
    super('USAGE', message, hint, options);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'the port is taken',
  EADDRNOTAVAIL: 'no such address on this machine',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EFBIG: 'it may not grow any larger',
  EISDIR: 'it is a folder',
  EMFILE: 'too many open files',
  ENOENT: 'it does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'part of its path is not a folder',
  ENOTFOUND: 'no such host',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
};

/** The `code` of a system error (`ENOSPC`, `EADDRINUSE`, …), if it is one. */
export function errnoOf(error: unknown): string | undefined {
  // Not instanceof: Node's errors may come from another realm (a vm context, such as jest's).
  const code = isNativeError(error) && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/**
 * Why the system refused, in words: `the disk is full` for ENOSPC; the first line of the error's message where the code is unknown.
 * It ends without a full stop, since it is part of a sentence.
 */
export function reasonOf(error: unknown): string {
  const known = REASONS[errnoOf(error) ?? ''];
  if (known !== undefined) return known;
  const [line = ''] = (isNativeError(error) ? error.message || error.name : String(error)).split('\n', 1);
  return line.replace(/[.\s]+$/, '');
}

/** As `reasonOf`, for a file that is written: what does not exist then is its folder. */
export function reasonOfWrite(error: unknown): string {
  return errnoOf(error) === 'ENOENT' ? 'its folder does not exist' : reasonOf(error);
}

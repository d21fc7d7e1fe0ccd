import { join } from 'node:path';
import { packageRoot } from '../../../core/package-root';

/** What happens to one call of a function, or a few. */
export interface Fault {
  /** A function of node:fs/promises or of its FileHandle, a statement of DuckDB, or an answer of the transform's thread. */
  readonly call:
    | 'open'
    | 'read'
    | 'write'
    | 'writev'
    | 'writeFile'
    | 'datasync'
    | 'truncate'
    | 'rename'
    | 'rm'
    | 'readFile'
    | 'sql'
    | 'answer';
  /** A regular expression for the path (for `rename` the old one), or the statement. */
  readonly on: string;
  /** Which of these calls is the first. @default 1 */
  readonly nth?: number;
  /** How many in a row. @default 1 */
  readonly times?: number;
  readonly action: 'kill-before' | 'kill-during' | 'kill-after' | 'delay' | 'fail';
  /** How long a delay is. */
  readonly ms?: number;
  /** What a failure says: `EIO`. */
  readonly code?: string;
}

/** @returns node's arguments and environment for a process with these faults. */
export function withFaults(faults: readonly Fault[]): { nodeArgs: readonly string[]; env: Record<string, string> } {
  if (faults.length === 0) return { nodeArgs: [], env: {} };
  const preload = join(packageRoot, '__tests__/support/faults/preload.cjs');
  return { nodeArgs: ['--require', preload], env: { FAULT_PLAN: JSON.stringify(faults) } };
}

/**
 * One process at a time holds a data folder. The lock is DuckDB's own on a small file: the operating system keeps it, so it ends
 * with the process, however that ends, and holds between containers that share the folder but not their process ids.
 */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import { reasonOf, ToolkitError } from '../core/errors';

export interface FolderLock {
  release(): Promise<void>;
}

const FILE = 'lock.duckdb';
/** A lock that is held by a process does not keep that process out a second time. */
const heldHere = new Set<string>();

/** @throws ToolkitError DATA_FOLDER_IN_USE while another process, or another stream of this one, holds the folder. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const real = await realpath(folder);
  if (heldHere.has(real)) throw inUse(folder, `process ${process.pid}`);
  heldHere.add(real);
  try {
    const instance = await openLock(folder, join(real, FILE));
    return {
      release: async () => {
        instance.closeSync();
        heldHere.delete(real);
      },
    };
  } catch (error) {
    heldHere.delete(real);
    throw error;
  }
}

async function openLock(folder: string, file: string): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  try {
    return await DuckDBInstance.create(file, { threads: '1' });
  } catch (error) {
    const reason = reasonOf(error);
    if (!/lock/i.test(reason)) throw error;
    // Another container's process has no id here: DuckDB then says 0 or nothing.
    const holder = /\(PID ([1-9]\d*)\)/.exec(reason)?.[1];
    throw inUse(folder, holder === undefined ? 'another process' : `process ${holder}`);
  }
}

function inUse(folder: string, holder: string): ToolkitError {
  return new ToolkitError(
    'DATA_FOLDER_IN_USE',
    `The data folder ${folder} is in use by ${holder}.`,
    'Stop that process, or give this one another folder.',
  );
}

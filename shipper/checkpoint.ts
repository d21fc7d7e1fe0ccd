import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { z } from 'zod';
import { errnoOf, reasonOf, ToolkitError } from '../core/errors';
import { parse } from '../core/parse';
import type { ContentRecord } from './log-content';

const Fingerprint = z.strictObject({ bytes: z.int().nonnegative(), sha256: z.hex().length(64) });
const Checkpoint = z.strictObject({
  version: z.literal(1),
  contents: z.array(
    z.strictObject({
      path: z.string(),
      file: z.string(),
      offset: z.int().nonnegative(),
      head: Fingerprint,
      tail: Fingerprint,
    }),
  ),
});

/**
 * Reads how far each log has been acknowledged; a file that is not there yet is an empty one.
 *
 * @throws ToolkitError CHECKPOINT_UNREADABLE rather than start from the beginning (all twice) or the end (a loss).
 */
export async function loadCheckpoint(path: string): Promise<ContentRecord[]> {
  const fail = (why: string, cause?: unknown) =>
    new ToolkitError(
      'CHECKPOINT_UNREADABLE',
      `The shipper cannot read its checkpoint ${path}: ${why}.`,
      'Put a good copy in its place; or delete it, and all logs that are still there are shipped again from their start.',
      { cause },
    );
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw fail(reasonOf(error), error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail('it is not JSON', error);
  }
  return parse(Checkpoint, value, fail).contents;
}

/** Replaces the checkpoint in one step: a crash leaves the old one or the new one, whole. */
export async function saveCheckpoint(path: string, contents: readonly ContentRecord[]): Promise<void> {
  const temporary = `${path}.new`;
  let handle: FileHandle | undefined;
  try {
    handle = await open(temporary, 'w', 0o600);
    await handle.writeFile(`${JSON.stringify({ version: 1, contents })}\n`);
    await handle.datasync();
    await handle.close();
    handle = undefined;
    await rename(temporary, path);
  } catch (error) {
    throw new ToolkitError(
      'CHECKPOINT_UNWRITABLE',
      `The shipper cannot write its checkpoint ${path}: ${reasonOf(error)}.`,
      'Make room or give this user the right to write there; lines sent since the last checkpoint will be sent again.',
      { cause: error },
    );
  } finally {
    await handle?.close().catch(() => {});
  }
}

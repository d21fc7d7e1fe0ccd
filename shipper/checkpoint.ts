import { z } from 'zod';
import { errnoOf, reasonOf, ToolkitError } from '../core/errors';
import { readJsonFile } from '../core/json-file';
import type { ContentRecord } from './log-content';
import { replaceFile } from './replace-file';

const Fingerprint = z.strictObject({ bytes: z.int().nonnegative(), sha256: z.hex().length(64) });
const offset = z.int().nonnegative();
const Checkpoint = z.strictObject({
  version: z.literal(2),
  contents: z.array(
    z.strictObject({
      key: z.string(),
      path: z.string(),
      file: z.string(),
      live: z.boolean(),
      head: Fingerprint,
      ranges: z.array(z.strictObject({ from: offset, to: offset, tail: Fingerprint.optional() })),
    }),
  ),
});

/**
 * Reads how far each log has been acknowledged; a file that does not exist yet is an empty checkpoint.
 *
 * @throws ToolkitError CHECKPOINT_UNREADABLE rather than start from the beginning (everything twice) or the end (a loss).
 */
export function loadCheckpoint(path: string): readonly ContentRecord[] {
  const fail = (why: string, cause?: unknown) =>
    new ToolkitError(
      'CHECKPOINT_UNREADABLE',
      `The shipper’s checkpoint in ${path} ${why}.`,
      'Put a good copy in its place; or delete it, and all logs that are still there are shipped again from their start.',
      { cause },
    );
  try {
    return readJsonFile(path, Checkpoint, fail).contents;
  } catch (error) {
    if (error instanceof ToolkitError && errnoOf(error.cause) === 'ENOENT') return [];
    throw error;
  }
}

/** Replaces the checkpoint in one step: a crash leaves the old one or the new one, whole. */
export async function saveCheckpoint(path: string, contents: readonly ContentRecord[]): Promise<void> {
  try {
    await replaceFile(path, `${JSON.stringify({ version: 2, contents: contents.map(withoutAside) })}\n`);
  } catch (error) {
    throw new ToolkitError(
      'CHECKPOINT_UNWRITABLE',
      `The shipper cannot write its checkpoint ${path}: ${reasonOf(error)}.`,
      'Free space on the disk, or give this user the right to write there; lines sent since the last checkpoint will be sent again.',
      { cause: error },
    );
  }
}

/** Once it is written, what needs no delivery is like what is delivered. */
function withoutAside({ aside: _, ...record }: ContentRecord): ContentRecord {
  return record;
}

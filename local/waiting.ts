import { ToolkitError } from '../core/errors';
import { plural } from '../core/plural';

/** @param waiting accepted records that are left in the journal. @throws ToolkitError EVENTS_WAITING */
export function failIfWaiting({ waiting }: { readonly waiting: number }, folder: string): void {
  if (waiting === 0) return;
  throw new ToolkitError(
    'EVENTS_WAITING',
    `${plural(waiting, 'accepted record')} ${waiting === 1 ? 'waits' : 'wait'} in the journal of ${folder}: the store or the bucket did not take them.`,
    `Fix that, then run again with --data ${folder}: they are delivered first, each once.`,
  );
}

/** What could not be read: named on standard error as it is found, and the reason for exit code 1 at the end. */
import { ToolkitError } from '../core/errors';
import { plural } from '../core/plural';
import { visible } from '../core/visible';

/** More than these are only counted. */
const NAMED = 20;

export interface Problems {
  add(place: string, why: string): void;
  /** @throws ToolkitError REPLAY_INCOMPLETE if there was any */
  failIfAny(): void;
}

export function collectProblems(warn: (sentence: string) => void): Problems {
  let count = 0;
  return {
    add(place, why) {
      count++;
      if (count <= NAMED) warn(`${visible(place)} ${visible(why)}.`);
      if (count === NAMED + 1) warn('There are more, which are counted and not named.');
    },
    failIfAny() {
      if (count === 0) return;
      throw new ToolkitError(
        'REPLAY_INCOMPLETE',
        `${plural(count, 'line, object or folder', 'lines, objects or folders')} could not be read; everything else was.`,
        'They are named above. Correct them or their rights, then run the same command again.',
      );
    },
  };
}

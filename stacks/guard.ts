import { UsageError } from '../core/errors';
import type { Construct } from './cdktf';

/**
 * Stops the synth, before any plan, where two settings do not fit each other or AWS would refuse, or hang on, what they say.
 *
 * @param construct what could not be made: its path begins the message.
 * @param problem what is wrong, with the value seen.
 * @param hint which setting to change, and to what.
 */
export function guard(construct: Construct, holds: boolean, problem: string, hint: string): asserts holds {
  if (!holds) throw new UsageError(`${construct.node.path}: ${problem}`, hint);
}

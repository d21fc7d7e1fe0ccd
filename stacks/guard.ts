import { UsageError } from '../core/errors';
import type { Construct } from './cdktf';

/**
 * Stops the synth, before any plan, if settings do not fit each other, or if AWS would refuse them or hang.
 *
 * @param construct the construct concerned; the message begins with its path.
 * @param problem what is wrong, with the value seen.
 * @param hint which setting to change, and to what.
 * @throws UsageError unless `holds`.
 */
export function guard(construct: Construct, holds: boolean, problem: string, hint: string): asserts holds {
  if (!holds) throw new UsageError(`${construct.node.path}: ${problem}`, hint);
}

import type { Settings } from '../config/settings';
import type { Construct } from './cdktf';
import { guard } from './guard';

/** What a task may be asked for by its share of a processor; docs/load.md says from what this is. */
const MOST_REQUESTS_A_VCPU = 2_000;

/** Stops the synth where a run could not do what it was asked to. */
export function guardLoad(stack: Construct, { load, website }: Settings): void {
  const most = load.tasks * load.vcpus * MOST_REQUESTS_A_VCPU;
  guard(
    stack,
    load.rate <= most,
    `${load.tasks} tasks of ${load.vcpus} vCPU are asked for ${load.rate} requests a second`,
    `Set \`load.tasks\` or \`load.vcpus\` higher, or \`load.rate\` to at most ${most}.`,
  );
  // A task has another address each time, which no rule of the site's can name beforehand.
  const { visitors } = website;
  guard(
    stack,
    load.url !== undefined || visitors.includes('0.0.0.0/0'),
    `the site lets in ${visitors === 'auto' ? 'one address' : visitors.join(', ')} only, and the tasks’ addresses are not known beforehand`,
    'Set `website.visitors` to ["0.0.0.0/0"] while you load the site.',
  );
}

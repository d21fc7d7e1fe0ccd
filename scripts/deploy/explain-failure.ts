import { ToolkitError } from '../../core/errors';
import { sessionExpired } from './preflight';
import type { Ended } from './run-program';

const EXPIRED = /ExpiredToken|security token included in the request is expired|RequestExpired/;
/** Terraform's answer to `prevent_destroy`, in a destroy and in a plan that would replace. */
const PROTECTED = /Error: Instance cannot be destroyed/;
/** With the description of the lock: without it the lock could not be asked for, as when the bucket may not be written. */
const LOCKED = /Error acquiring the state lock[\s\S]*Lock Info:/;

/**
 * What Terraform or cdktf said when it failed, as one sentence with its mend.
 *
 * @param what was run, as `cdktf deploy`.
 */
export function explainFailure(what: string, { exitCode, said, interrupted }: Ended): ToolkitError {
  if (interrupted) {
    return new ToolkitError(
      'DEPLOY_INTERRUPTED',
      `${what} was interrupted.`,
      'Run it again: what was made so far is in the state, and it goes on from there.',
    );
  }
  if (LOCKED.test(said)) return stateLocked(said);
  if (EXPIRED.test(said)) return sessionExpired();
  if (PROTECTED.test(said)) {
    return new ToolkitError(
      'PROTECTED',
      `${what} was refused: the setting \`protect\` is on.`,
      'To destroy all the same, deploy once with CLICKSTREAMY_PROTECT=false in the environment, then destroy with it.',
    );
  }
  const reason = /Error: (.+)/.exec(said)?.[1]?.trim();
  return new ToolkitError(
    'DEPLOY_FAILED',
    `${what} failed (exit code ${exitCode})${reason === undefined ? '' : `: ${reason}`}`,
    'Correct what it says above and run this again: what was made so far is in the state, and it goes on from there.',
  );
}

function stateLocked(said: string): ToolkitError {
  const id = field(said, 'ID');
  const holder = [field(said, 'Who'), field(said, 'Created')].filter((known) => known !== undefined).join(', since ');
  return new ToolkitError(
    'STATE_LOCKED',
    `Another run has the state's lock${holder === '' ? '' : ` (${holder})`}.`,
    `Wait until it has ended. If none runs any more: terraform force-unlock ${id ?? 'ID'} in the stack's folder below cdktf.out/stacks.`,
  );
}

/** Of the lock's description, whatever cdktf puts before its lines: `  Who:       runner@build-7`. */
function field(said: string, name: string): string | undefined {
  return new RegExp(`\\b${name}: +(\\S.*)`).exec(said)?.[1]?.trim();
}

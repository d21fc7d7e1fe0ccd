import { ToolkitError } from '../../core/errors';
import { sessionExpired } from './preflight';
import type { Ended } from './run-program';

const EXPIRED = /ExpiredToken|security token included in the request is expired|RequestExpired/;
/** Terraform's error for `prevent_destroy`, in a destroy or in a plan that would replace a resource. */
const PROTECTED = /Error: Instance cannot be destroyed/;
/** Only with the lock's description. Without it the lock could not be requested, for example because the bucket is not writable. */
const LOCKED = /Error acquiring the state lock[\s\S]*Lock Info:/;

/**
 * Turns what Terraform or cdktf printed when it failed into one error with a hint.
 *
 * @param what the command, such as `cdktf deploy`.
 */
export function explainFailure(what: string, { exitCode, said, interrupted }: Ended): ToolkitError {
  if (interrupted) {
    return new ToolkitError(
      'DEPLOY_INTERRUPTED',
      `${what} was interrupted.`,
      'Run it again: what was created so far is in the state, and it continues from there.',
    );
  }
  if (LOCKED.test(said)) return stateLocked(said);
  if (EXPIRED.test(said)) return sessionExpired();
  if (PROTECTED.test(said)) {
    return new ToolkitError(
      'PROTECTED',
      `${what} was refused: the setting \`protect\` is on.`,
      'To destroy anyway, deploy once with CLICKSTREAMY_PROTECT=false in the environment, then destroy with it.',
    );
  }
  const reason = /Error: (.+)/.exec(said)?.[1]?.trim();
  return new ToolkitError(
    'DEPLOY_FAILED',
    `${what} failed (exit code ${exitCode})${reason === undefined ? '' : `: ${reason}`}`,
    'Correct what it says above and run this again: what was created so far is in the state, and it continues from there.',
  );
}

function stateLocked(said: string): ToolkitError {
  const id = field(said, 'ID');
  const holder = [field(said, 'Who'), field(said, 'Created')].filter((known) => known !== undefined).join(', since ');
  return new ToolkitError(
    'STATE_LOCKED',
    `Another run holds the state’s lock${holder === '' ? '' : ` (${holder})`}.`,
    `Wait until it has ended. If it no longer runs: terraform force-unlock ${id ?? 'ID'} in the stack’s folder below cdktf.out/stacks.`,
  );
}

/** Finds a field in the lock's description, whatever cdktf prints before its lines: `  Who:       runner@build-7`. */
function field(said: string, name: string): string | undefined {
  return new RegExp(`\\b${name}: +(\\S.*)`).exec(said)?.[1]?.trim();
}

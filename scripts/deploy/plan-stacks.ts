import { join } from 'node:path';
import { explainFailure } from './explain-failure';
import { readManifest } from './manifest';
import { runProgram } from './run-program';

export interface StackPlan {
  readonly stack: string;
  /** Terraform's plan as text, without sensitive values; or why there is none yet. */
  readonly text: string;
  readonly changes: boolean;
}

/** Terraform's exit codes with `-detailed-exitcode`. */
const [UNCHANGED, CHANGED] = [0, 2];
const UPSTREAM_MISSING =
  /Unable to find remote state|Unsupported attribute|This object does not have an attribute named/;

/**
 * Plans every stack of a synthesized app, upstream first, and changes nothing.
 * A stack that reads the outputs of another one cannot be planned before that one has been deployed once; its plan says so.
 *
 * @throws ToolkitError STATE_LOCKED, SESSION_EXPIRED, DEPLOY_INTERRUPTED, DEPLOY_FAILED
 */
export async function planStacks(terraform: string, folder: string): Promise<readonly StackPlan[]> {
  const plans: StackPlan[] = [];
  for (const { name, workingDirectory, dependencies } of readManifest(folder)) {
    const cwd = join(folder, workingDirectory);
    const init = await runProgram(terraform, ['init', '-input=false', '-no-color'], { cwd });
    if (init.exitCode !== 0) throw explainFailure(`terraform init of ${name}`, init);

    const plan = await runProgram(terraform, ['plan', '-input=false', '-no-color', '-detailed-exitcode', '-out=plan'], {
      cwd,
    });
    if (plan.exitCode === UNCHANGED || plan.exitCode === CHANGED) {
      const { said: text } = await runProgram(terraform, ['show', '-no-color', 'plan'], { cwd, quiet: true });
      plans.push({ stack: name, text, changes: plan.exitCode === CHANGED });
    } else if (dependencies.length > 0 && UPSTREAM_MISSING.test(plan.said)) {
      plans.push({
        stack: name,
        text: `Can be planned once ${dependencies.join(' and ')} ${dependencies.length === 1 ? 'is' : 'are'} deployed.\n`,
        changes: true,
      });
    } else throw explainFailure(`terraform plan of ${name}`, plan);
  }
  return plans;
}

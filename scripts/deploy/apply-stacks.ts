/**
 * Deploys and destroys with Terraform itself, stack by stack. `cdktf deploy` exits at a signal without waiting for the Terraform that it
 * started, which then fails to write its output, dies and keeps the state's lock.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { ToolkitError } from '../../core/errors';
import { parseJson } from '../../core/json-file';
import { explainFailure } from './explain-failure';
import { readManifest, type Stack } from './manifest';
import { runProgram } from './run-program';

/** The outputs of each stack, in the form that `cdktf deploy --outputs-file` writes. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What `terraform output -json` prints. Values that another stack reads are marked sensitive too. */
const StackOutputs = z.record(z.string(), z.object({ sensitive: z.boolean(), value: z.unknown() }));

/**
 * @param folder the synthesized app: `cdktf.out`.
 * @throws ToolkitError STATE_LOCKED, SESSION_EXPIRED, DEPLOY_INTERRUPTED, DEPLOY_FAILED
 */
export async function applyStacks(terraform: string, folder: string): Promise<Outputs> {
  const stacks = await initStacks(terraform, folder);
  await inOrder(stacks, ({ dependencies }) => dependencies, inFolder(terraform, folder, 'apply', '-auto-approve'));
  const outputs: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const stack of stacks) outputs[stack.name] = await readOutputs(terraform, folder, stack);
  return outputs;
}

/**
 * All stacks or none: if one is protected, none is touched.
 *
 * @throws ToolkitError PROTECTED, and as applyStacks
 */
export async function destroyStacks(terraform: string, folder: string): Promise<void> {
  const stacks = await initStacks(terraform, folder);
  for (const stack of stacks) await inFolder(terraform, folder, 'plan', '-destroy')(stack);
  const downstreamOf = ({ name }: Stack) =>
    stacks.filter(({ dependencies }) => dependencies.includes(name)).map((stack) => stack.name);
  await inOrder(stacks.toReversed(), downstreamOf, inFolder(terraform, folder, 'destroy', '-auto-approve'));
}

/** One after another, since they may share a provider cache, and all of them before anything changes. */
async function initStacks(terraform: string, folder: string): Promise<readonly Stack[]> {
  const stacks = readManifest(folder);
  for (const stack of stacks) await inFolder(terraform, folder, 'init')(stack);
  return stacks;
}

type Work = (stack: Stack) => Promise<void>;

function inFolder(terraform: string, folder: string, action: string, ...args: readonly string[]): Work {
  return async ({ name, workingDirectory }) => {
    const cwd = join(folder, workingDirectory);
    const ended = await runProgram(terraform, [action, '-input=false', '-no-color', ...args], { cwd });
    if (ended.exitCode !== 0) throw explainFailure(`terraform ${action} of ${name}`, ended);
  };
}

/** Starts each stack once those before it are done. After a failure it starts no others, and waits for those that are running. */
async function inOrder(
  stacks: readonly Stack[],
  before: (stack: Stack) => readonly string[],
  work: Work,
): Promise<void> {
  const done = new Map<string, Promise<void>>();
  for (const stack of stacks) {
    const ready = Promise.all(before(stack).map((name) => done.get(name)));
    done.set(
      stack.name,
      ready.then(() => work(stack)),
    );
  }
  const results = await Promise.allSettled(done.values());
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function readOutputs(terraform: string, folder: string, { name, workingDirectory }: Stack) {
  const cwd = join(folder, workingDirectory);
  const ended = await runProgram(terraform, ['output', '-json'], { cwd, quiet: true });
  if (ended.exitCode !== 0) throw explainFailure(`terraform output of ${name}`, ended);
  const outputs = parseJson(ended.said, StackOutputs, (why, cause) => {
    return new ToolkitError('DEPLOY_FAILED', `The output of Terraform for ${name} ${why}.`, 'Update Terraform.', {
      cause,
    });
  });
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([output, { sensitive, value }]) => (sensitive ? [] : [[output, value] as const])),
  );
}

#!/usr/bin/env node
/** `npm run deploy`: plans, deploys or destroys without asking anything, for pipelines. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Command } from '../core/command/command';
import { choice, file } from '../core/command/values';
import { runCommandLine } from '../core/command-line';
import { packageRoot } from '../core/package-root';
import { applyStacks, destroyStacks } from './deploy/apply-stacks';
import { awaitSite } from './deploy/await-site';
import { explainFailure } from './deploy/explain-failure';
import { planStacks } from './deploy/plan-stacks';
import { checkCredentials, checkTerraform } from './deploy/preflight';
import { runProgram } from './deploy/run-program';

// The AWS SDK warns about Node 20. Only the maintainers of this package can act on that, so its users do not see it.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const Options = z.object({
  action: choice(['plan', 'deploy', 'destroy'])
    .default('plan')
    .describe('plan (the default) changes nothing and prints what a deploy would do; deploy and destroy act')
    .meta({ positional: true }),
  outputs: file().default('outputs.json').describe('Where a deploy writes its outputs'),
});

const CDKTF = resolve(packageRoot, 'node_modules/.bin/cdktf');
const FOLDER = 'cdktf.out';

async function run({ action, outputs }: z.output<typeof Options>): Promise<void> {
  const terraform = process.env['TERRAFORM_BINARY_NAME'] ?? 'terraform';
  await checkTerraform(terraform);
  const { account, arn } = await checkCredentials(process.env['AWS_REGION'] ?? 'us-east-1');
  process.stderr.write(`${action}: account ${account}, as ${arn}\n`);
  await synth();
  const folder = resolve(FOLDER);
  switch (action) {
    case 'plan':
      for (const { stack, text } of await planStacks(terraform, folder))
        process.stdout.write(`# ${stack}\n\n${text}\n`);
      break;
    case 'deploy': {
      const made = await applyStacks(terraform, folder);
      writeFileSync(outputs, `${JSON.stringify(made, null, 2)}\n`);
      process.stderr.write(`The outputs are in ${outputs}.\n`);
      await awaitSite(made);
      break;
    }
    case 'destroy':
      await destroyStacks(terraform, folder);
  }
}

async function synth(): Promise<void> {
  const ended = await runProgram(process.execPath, [CDKTF, 'synth']);
  if (ended.exitCode !== 0) throw explainFailure('cdktf synth', ended);
}

const deployCommand: Command<typeof Options> = {
  about: 'Plans, deploys or destroys all stacks, without a terminal.',
  usage: '[plan|deploy|destroy] [options]',
  options: Options,
  examples: [
    ['', 'Show what a deploy would do'],
    ['deploy --outputs outputs.json', 'Deploy all stacks, and write their outputs'],
  ],
  notes: 'Exit codes: 0 good, 1 failed, 2 wrong usage.',
  run,
};

runCommandLine('npm run deploy --', () => deployCommand);

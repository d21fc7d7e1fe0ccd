#!/usr/bin/env node
/** `npm run deploy`: plans, deploys or destroys without asking anything, for pipelines. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { z } from 'zod';
import { runCommandLine } from '../core/command-line';
import { UsageError } from '../core/errors';
import { packageRoot } from '../core/package-root';
import { parse } from '../core/parse';
import { applyStacks, destroyStacks } from './deploy/apply-stacks';
import { awaitSite } from './deploy/await-site';
import { explainFailure } from './deploy/explain-failure';
import { planStacks } from './deploy/plan-stacks';
import { checkCredentials, checkTerraform } from './deploy/preflight';
import { runProgram } from './deploy/run-program';

// The AWS SDK's notice about Node 20 concerns this package's maintainers, not its users.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const DeployFlags = z.object({
  action: z.enum(['plan', 'deploy', 'destroy']),
  outputs: z.string().min(1, 'must name a file'),
});

const CDKTF = resolve(packageRoot, 'node_modules/.bin/cdktf');
const FOLDER = 'cdktf.out';

async function run(argv: unknown): Promise<void> {
  const { action, outputs } = parse(DeployFlags, argv, (why) => new UsageError(why));
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

runCommandLine(
  yargs(hideBin(process.argv))
    .scriptName('npm run deploy --')
    .usage('$0 [action]\n\nPlans, deploys or destroys all stacks. Needs no terminal and asks nothing.')
    .command(
      '$0 [action]',
      false,
      (command) =>
        command
          .positional('action', {
            choices: ['plan', 'deploy', 'destroy'] as const,
            default: 'plan',
            describe: '`plan` prints what a deploy would do, and changes nothing',
          })
          .option('outputs', {
            type: 'string',
            default: 'outputs.json',
            describe: 'File for the outputs of a deploy',
          }),
      run,
    )
    .epilogue('Exit code 0 on success, 1 on failure, 2 on wrong usage.'),
);

import { randomUUID } from 'node:crypto';
import type { CommandModule } from 'yargs';
import { z } from 'zod';
import { stopOnSignals } from '../../core/command-line';
import { ToolkitError, UsageError } from '../../core/errors';
import { parse } from '../../core/parse';
import { probeResultFile, type ResultFile, writeResultFile } from '../result-file';
import { readDeployedLoad } from './deployed-load';
import { runLoad } from './run-load';

const Arguments = z.object({
  outputs: z.string('must be given once').min(1, 'must name a file'),
  run: z
    .string('must be given once')
    .regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be 1 to 32 letters, digits, - or _')
    .optional(),
  seed: z.string('must be given once').min(1, 'must not be empty').optional(),
  startIn: z.number('must be one number').min(0, 'must be 0 to 3,600').max(3600, 'must be 0 to 3,600'),
  ledger: z.string('must be given once').min(1, 'must name a file').optional(),
});

/** `traffic load`: a run on the tasks of the load stack. */
export const loadCommand: CommandModule = {
  command: 'load',
  describe: 'A run from several tasks on AWS Fargate, at your own deployed site',
  builder: (args) =>
    args
      .usage(
        '$0 load --outputs FILE\n\nStarts the tasks of the load stack, waits for their end, and adds up their ledgers. Only for a site of your own.',
      )
      .option('outputs', {
        type: 'string',
        nargs: 1,
        demandOption: true,
        describe: "The file of cdktf's --outputs-file",
      })
      .option('run', { type: 'string', nargs: 1, describe: 'The name that this run has in the log (default random)' })
      .option('seed', { type: 'string', nargs: 1, describe: 'Repeats a plan (default the name of the run)' })
      .option('start-in', {
        type: 'number',
        nargs: 1,
        default: 120,
        describe: 'Seconds until all tasks begin together: their containers need some to come up',
      })
      .option('ledger', {
        type: 'string',
        nargs: 1,
        describe: "Write the run's ledger to this file (default standard output)",
      })
      .example('$0 load --outputs outputs.json --ledger run.json', '')
      .epilogue('Ctrl-C stops the tasks, and collects what they have sent. docs/load.md says what it costs.'),
  handler: async (argv) => {
    const flags = parse(Arguments, argv, (why) => new UsageError(why));
    const deployed = readDeployedLoad(flags.outputs);
    const file: ResultFile | undefined =
      flags.ledger === undefined ? undefined : { kind: 'ledger', file: flags.ledger };
    if (file !== undefined) probeResultFile(file);
    const run = flags.run ?? randomUUID().slice(0, 8);
    const { ledger, faults } = await runLoad({
      deployed,
      run,
      seed: flags.seed ?? run,
      start: new Date(Date.now() + flags.startIn * 1000),
      signal: stopOnSignals(),
      say: (line) => process.stderr.write(`${line}\n`),
    });
    if (ledger !== undefined) {
      const text = `${JSON.stringify(ledger)}\n`;
      if (file === undefined) process.stdout.write(text);
      else writeResultFile(file, text);
    }
    if (faults.length > 0) throw incomplete(faults);
  },
};

function incomplete(faults: readonly string[]): ToolkitError {
  return new ToolkitError(
    'LOAD_INCOMPLETE',
    `Not all tasks did their shard: ${faults.join('; ')}.`,
    'Their log is in CloudWatch, in the group /<name>/load; the ledger counts those that did.',
  );
}

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Command } from '../../core/command/command';
import { file, seconds, text } from '../../core/command/values';
import { stopOnSignals } from '../../core/command-line';
import { ToolkitError } from '../../core/errors';
import { RunName } from '../options';
import { probeResultFile, type ResultFile, writeResultFile } from '../result-file';

const Options = z.object({
  outputs: file().describe('The file that `cdktf deploy --outputs-file` wrote'),
  run: RunName().optional().describe('Name of this run in the log').meta({ otherwise: 'random' }),
  seed: text()
    .optional()
    .describe('Repeats a plan: the same seed gives the same requests')
    .meta({ otherwise: 'the name of the run' }),
  startIn: seconds({ min: 0, max: 3600 })
    .default(120)
    .describe('How long until all tasks begin together: their containers take a while to start'),
  ledger: file().optional().describe('Write the run’s ledger to this file').meta({ otherwise: 'standard output' }),
});

/** `traffic load`: a run on the tasks of the load stack. */
export const loadCommand: Command<typeof Options> = {
  about:
    'Starts the tasks of the load stack on AWS Fargate, waits for them to end, and adds up their ledgers. ' +
    'Only for a site of your own.',
  options: Options,
  examples: [['--outputs outputs.json --ledger run.json', 'A run, and a ledger to check the store against']],
  notes: 'Ctrl-C stops the tasks and collects the ledgers of what they have sent. docs/load.md says what a run costs.',
  run: async (flags, { note }) => {
    // Loaded here, so that --help does not wait for them.
    const { readDeployedLoad } = require('./deployed-load') as typeof import('./deployed-load');
    const { runLoad } = require('./run-load') as typeof import('./run-load');
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
      say: note,
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
    `Not all tasks completed their shard: ${faults.join('; ')}.`,
    'Their log is in CloudWatch, in the group /<name>/load; the ledger counts those that did.',
  );
}

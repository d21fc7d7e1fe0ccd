import type { CommandModule } from 'yargs';
import { z } from 'zod';
import { UsageError } from '../core/errors';
import { parse } from '../core/parse';
import { mergeLedgers, readLedger } from './merge';
import { writeResultFile } from './result-file';

const Arguments = z.object({
  ledgers: z.array(z.string()).min(1),
  out: z.string('must be given once').min(1, 'must name a file').optional(),
  partial: z.boolean('must be given once').default(false),
});

/** `traffic merge`: the shards' ledgers as the run's. */
export const mergeCommand: CommandModule = {
  command: 'merge <ledgers..>',
  describe: 'Add up the ledgers of the shards of one run',
  builder: (args) =>
    args
      .usage('$0 merge <ledgers..>\n\nAdds up the ledgers that the shards of one run left, to the ledger of the run.')
      .positional('ledgers', { type: 'string', array: true, describe: 'One of each shard' })
      .option('out', { type: 'string', nargs: 1, describe: 'To this file (default standard output)' })
      .option('partial', { type: 'boolean', describe: 'Shards may be missing; the ledger then says which' })
      .example('$0 merge ledger-*.json --out ledger.json', ''),
  handler: (argv) => {
    const { ledgers, out, partial } = parse(Arguments, argv, (why) => new UsageError(why));
    const merged = mergeLedgers(ledgers.map(readLedger), partial);
    const text = `${JSON.stringify(merged)}\n`;
    if (out === undefined) process.stdout.write(text);
    else writeResultFile({ kind: 'ledger', file: out }, text);
  },
};

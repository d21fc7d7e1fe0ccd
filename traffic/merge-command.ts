import { z } from 'zod';
import type { Command } from '../core/command/command';
import { file, flag, list } from '../core/command/values';
import { mergeLedgers, readLedger } from './merge';
import { writeResultFile } from './result-file';

const Options = z.object({
  ledgers: list(file())
    .refine((ledgers) => ledgers.length > 0, 'name the ledgers to add up')
    .describe('Ledgers, one from each shard')
    .meta({ positional: true }),
  out: file().optional().describe('Write to this file').meta({ otherwise: 'standard output' }),
  partial: flag().describe('Allow missing shards; the ledger then names them'),
});

/** `traffic merge`: the ledgers of shards become the ledger of the run. */
export const mergeCommand: Command<typeof Options> = {
  about: 'Adds up the ledgers of a run’s shards; the result is the ledger of the whole run.',
  usage: '[options] <ledgers..>',
  options: Options,
  examples: [['ledger-*.json --out ledger.json', 'All shards of a run']],
  run: ({ ledgers, out, partial }) => {
    const merged = mergeLedgers(ledgers.map(readLedger), partial);
    const text = `${JSON.stringify(merged)}\n`;
    if (out === undefined) process.stdout.write(text);
    else writeResultFile({ kind: 'ledger', file: out }, text);
  },
};

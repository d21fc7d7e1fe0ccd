/** Reads ledgers and combines them: one for each run, however many files it has. */
import { z } from 'zod';
import { ToolkitError, UsageError } from '../core/errors';
import { parse } from '../core/parse';
import type { Counts } from '../store/store';
import { mergeLedgers, readLedger, type ShardLedger } from '../traffic/merge';
import type { RunLedger } from './compare-ledger';

const Count = z.int().min(0);
const CountsOf = z.record(z.string(), Count);

/** The fields that are compared; `parseLedger` has checked the others. */
const Checked = z.object({
  run: z.string().min(1, 'must be a run’s name'),
  output: z.enum(['http', 'file', 'stream']),
  sent: Count,
  answered: Count,
  byStatus: CountsOf,
  byPage: CountsOf,
  byAction: CountsOf,
  byOutcome: CountsOf,
  byUser: CountsOf,
  byMinute: CountsOf,
  sessionsBySize: CountsOf,
  uncertain: z.object({ requests: Count, byPage: CountsOf, byUser: CountsOf, sessions: Count }),
});

/**
 * Merges the shards of a run. Other ledgers of one run, each of a part of it, are added up.
 *
 * @throws ToolkitError LEDGER_UNREADABLE, LEDGERS_DIFFER; UsageError where one ledger is given twice
 */
export function readLedgers(paths: readonly string[]): readonly RunLedger[] {
  const byRun = new Map<string, ShardLedger[]>();
  for (const read of paths.map(readLedger)) {
    const others = byRun.get(read.ledger.run) ?? [];
    refuseRepeated(read, others);
    byRun.set(read.ledger.run, [...others, read]);
  }
  return [...byRun.values()].map(combine);
}

function combine(ledgers: readonly ShardLedger[]): RunLedger {
  const parts = ledgers.map(toRunLedger);
  if (ledgers.some(({ ledger }) => ledger.shard !== undefined)) {
    return toRunLedger({ name: 'the merged ledger', ledger: mergeLedgers(ledgers) });
  }
  return parts.reduce(addLedgers);
}

function toRunLedger({ name, ledger }: ShardLedger): RunLedger {
  const checked = parse(
    Checked,
    ledger,
    (why) =>
      new ToolkitError(
        'LEDGER_UNREADABLE',
        `${name} is not a whole ledger: ${why}.`,
        'Give files that `traffic --ledger FILE` or `traffic merge` wrote.',
      ),
  );
  const { run, output, sent, answered, byStatus, byPage, byAction, byOutcome, byUser, byMinute } = checked;
  const by = { status: byStatus, page: byPage, action: byAction, outcome: byOutcome, user: byUser, minute: byMinute };
  const { sessionsBySize, uncertain } = checked;
  return { run, sent, answered, by, sessionsBySize, uncertain, minutesOff: output === 'http' ? 1 : 0 };
}

function addLedgers(one: RunLedger, other: RunLedger): RunLedger {
  const by = Object.fromEntries(
    Object.entries(one.by).map(([name, counts]) => [name, addCounts(counts, other.by[name as keyof RunLedger['by']])]),
  ) as unknown as RunLedger['by'];
  return {
    run: one.run,
    sent: one.sent + other.sent,
    answered: one.answered + other.answered,
    by,
    sessionsBySize: addCounts(one.sessionsBySize, other.sessionsBySize),
    uncertain: {
      requests: one.uncertain.requests + other.uncertain.requests,
      byPage: addCounts(one.uncertain.byPage, other.uncertain.byPage),
      byUser: addCounts(one.uncertain.byUser, other.uncertain.byUser),
      sessions: one.uncertain.sessions + other.uncertain.sessions,
    },
    minutesOff: one.minutesOff === 1 || other.minutesOff === 1 ? 1 : 0,
  };
}

function addCounts(one: Counts, other: Counts): Counts {
  const counts = new Map(Object.entries(one));
  for (const [key, count] of Object.entries(other)) counts.set(key, (counts.get(key) ?? 0) + count);
  return Object.fromEntries(counts);
}

function refuseRepeated({ name, ledger }: ShardLedger, others: readonly ShardLedger[]): void {
  const { startedAt, shard } = ledger;
  const isSame = (other: ShardLedger) =>
    other.ledger.startedAt === startedAt && other.ledger.shard?.number === shard?.number;
  const same = others.find(isSame);
  if (same !== undefined)
    throw new UsageError(`${same.name} and ${name} are the same ledger.`, 'Give each ledger once.');
}

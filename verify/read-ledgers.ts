/** Ledgers as the books of runs: one for each run, whatever number of ledgers it has. */
import { z } from 'zod';
import { ToolkitError, UsageError } from '../core/errors';
import { parse } from '../core/parse';
import type { Counts } from '../store/run-sums';
import { mergeLedgers, readLedger, type ShardLedger } from '../traffic/merge';
import type { Books } from './compare-books';

const Count = z.int().min(0);
const CountsOf = z.record(z.string(), Count);

/** What is checked. `parseLedger` has looked at the rest. */
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
 * Shards of one run are merged; other ledgers of one run, of which each did a part under the same name, are added up.
 *
 * @throws ToolkitError LEDGER_UNREADABLE, LEDGERS_DIFFER; UsageError where one ledger is given twice
 */
export function readBooks(paths: readonly string[]): readonly Books[] {
  const byRun = new Map<string, ShardLedger[]>();
  for (const read of paths.map(readLedger)) {
    const others = byRun.get(read.ledger.run) ?? [];
    refuseTwin(read, others);
    byRun.set(read.ledger.run, [...others, read]);
  }
  return [...byRun.values()].map(toRunBooks);
}

function toRunBooks(ledgers: readonly ShardLedger[]): Books {
  const books = ledgers.map(toBooks);
  if (ledgers.some(({ ledger }) => ledger.shard !== undefined)) {
    return toBooks({ name: 'the merged ledger', ledger: mergeLedgers(ledgers) });
  }
  return books.reduce(addBooks);
}

function toBooks({ name, ledger }: ShardLedger): Books {
  const checked = parse(
    Checked,
    ledger,
    (why) =>
      new ToolkitError(
        'LEDGER_UNREADABLE',
        `${name} is no whole ledger: ${why}.`,
        'Give files that `traffic --ledger FILE` or `traffic merge` wrote.',
      ),
  );
  const { run, output, sent, answered, byStatus, byPage, byAction, byOutcome, byUser, byMinute } = checked;
  const by = { status: byStatus, page: byPage, action: byAction, outcome: byOutcome, user: byUser, minute: byMinute };
  const { sessionsBySize, uncertain } = checked;
  return { run, sent, answered, by, sessionsBySize, uncertain, minutesOff: output === 'http' ? 1 : 0 };
}

function addBooks(one: Books, other: Books): Books {
  const by = Object.fromEntries(
    Object.entries(one.by).map(([name, counts]) => [name, addCounts(counts, other.by[name as keyof Books['by']])]),
  ) as unknown as Books['by'];
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
  const sums = new Map(Object.entries(one));
  for (const [key, count] of Object.entries(other)) sums.set(key, (sums.get(key) ?? 0) + count);
  return Object.fromEntries(sums);
}

function refuseTwin({ name, ledger }: ShardLedger, others: readonly ShardLedger[]): void {
  const { startedAt, shard } = ledger;
  const isTwin = (other: ShardLedger) =>
    other.ledger.startedAt === startedAt && other.ledger.shard?.number === shard?.number;
  const twin = others.find(isTwin);
  if (twin !== undefined)
    throw new UsageError(`${twin.name} and ${name} are the same ledger.`, 'Give each ledger once.');
}

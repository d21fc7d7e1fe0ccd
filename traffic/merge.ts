/** Adds up the ledgers of a run's shards to the ledger of the run. */
import { z } from 'zod';
import { ToolkitError } from '../core/errors';
import { parseJson, readJsonFile } from '../core/json-file';
import { LEDGER_VERSION, type LedgerFile } from './ledger-file';
import type { OutputEnd } from './output';

export interface ShardLedger {
  /** Where it came from, for messages. */
  readonly name: string;
  readonly ledger: LedgerFile;
}

const Counts = z.record(z.string(), z.int().min(0));
const count = z.int().min(0);

/** The parts of a ledger that merging compares or that every ledger must have. */
const Ledger = z.looseObject({
  ledger: z.literal(LEDGER_VERSION, `must be ${LEDGER_VERSION}, the version that this program knows`),
  run: z.string(),
  seed: z.string(),
  output: z.enum(['http', 'file', 'stream']),
  options: z.record(z.string(), z.unknown()),
  shard: z.object({ number: z.int().min(1), count: z.int().min(1) }).optional(),
  startedAt: z.iso.datetime(),
  end: z.enum(['complete', 'stopped', 'broken']),
  planned: count,
  sent: count,
  answered: count,
  byStatus: Counts,
});

/** @throws ToolkitError LEDGER_UNREADABLE */
export function readLedger(path: string): ShardLedger {
  return { name: path, ledger: toLedgerFile(readJsonFile(path, Ledger, unreadable(path))) };
}

/** @throws ToolkitError LEDGER_UNREADABLE */
export function parseLedger(name: string, text: string): ShardLedger {
  return { name, ledger: toLedgerFile(parseJson(text, Ledger, unreadable(name))) };
}

/** The rest of a ledger is only added up, so it need not be checked. */
const toLedgerFile = (ledger: z.output<typeof Ledger>) => ledger as unknown as LedgerFile;

function unreadable(name: string) {
  const hint = 'Give a file that `traffic --ledger FILE` wrote.';
  return (why: string, cause?: unknown) =>
    new ToolkitError('LEDGER_UNREADABLE', `The ledger ${name} ${why}.`, hint, { cause });
}

/**
 * @param mayMiss whether shards may be missing; the result then names them.
 * @throws ToolkitError LEDGERS_DIFFER unless they are the shards of one run, each once.
 */
export function mergeLedgers(shards: readonly ShardLedger[], mayMiss = false): LedgerFile {
  const [first] = shards;
  if (first === undefined) throw new RangeError('no ledgers to merge');
  for (const other of shards) refuseOther(first, other);
  const missing = missingShards(shards);
  if (missing.length > 0 && !mayMiss) {
    throw differ(
      `Of ${first.ledger.shard?.count} shards, ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
      'Give the ledgers of all shards, or --partial to add up the ones you have.',
    );
  }
  const ledgers = shards.map(({ ledger }) => ledger);
  const { shard: _, ...merged } = ledgers.reduce((sum, ledger) => addUp(sum, ledger) as LedgerFile);
  return {
    ...merged,
    ledger: LEDGER_VERSION,
    startedAt: ledgers.map(({ startedAt }) => startedAt).sort()[0] as string,
    end: ENDS.findLast((end) => ledgers.some((ledger) => ledger.end === end)) ?? 'complete',
    ...(missing.length > 0 && { missingShards: missing }),
  };
}

/** Ordered by severity; the most severe decides how the whole run ended. */
const ENDS: readonly OutputEnd[] = ['complete', 'stopped', 'broken'];

function refuseOther(first: ShardLedger, other: ShardLedger): void {
  if (other.ledger.shard === undefined) {
    throw differ(`${other.name} is the ledger of a whole run, not of a shard.`, 'Give the ledgers of shards.');
  }
  const parts = ['run', 'seed', 'output', 'options'] as const;
  const part = parts.find((name) => toText(first.ledger[name]) !== toText(other.ledger[name]));
  const counts = [first.ledger.shard?.count, other.ledger.shard.count];
  if (part === undefined && counts[0] === counts[1]) return;
  const what = part ?? 'number of shards';
  const [one, two] = part === undefined ? counts : [first.ledger[part], other.ledger[part]];
  throw differ(
    `${first.name} and ${other.name} are not from the same run: their ${what} is ${toText(one)} and ${toText(two)}.`,
    'Give ledgers of shards that had the same --run, --seed and options.',
  );
}

function missingShards(shards: readonly ShardLedger[]): readonly number[] {
  const seen = new Map<number, string>();
  for (const { name, ledger } of shards) {
    const number = ledger.shard?.number ?? 0;
    const twin = seen.get(number);
    if (twin !== undefined) {
      throw differ(`${twin} and ${name} are both from shard ${number}.`, 'Give each shard’s ledger once.');
    }
    seen.set(number, name);
  }
  const all = Array.from({ length: shards[0]?.ledger.shard?.count ?? 0 }, (_, place) => place + 1);
  return all.filter((number) => !seen.has(number));
}

/** Adds numbers and counts, and keeps everything else. */
function addUp(one: unknown, other: unknown, name = ''): unknown {
  if (SAME.has(name)) return one;
  if (typeof one === 'number' && typeof other === 'number') return one + other;
  if (!isCounts(one) || !isCounts(other)) return one ?? other;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    Array.from(names, (name) => [
      name,
      name in one && name in other ? addUp(one[name], other[name], name) : (one[name] ?? other[name]),
    ]),
  );
}

const SAME: ReadonlySet<string> = new Set(['ledger', 'options', 'shard']);

function isCounts(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const toText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function differ(message: string, hint: string): ToolkitError {
  return new ToolkitError('LEDGERS_DIFFER', message, hint);
}

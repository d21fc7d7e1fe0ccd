/** Replays a batch of records: through the transform if it failed there, then into the store. */
import type { Refusal } from '../store/event-store';
import type { Destination, DestinationRules, ReplayedEvent } from './destination';
import type { FailedLine } from './read-failures';
import type { ReceiptEntry } from './receipt';
import { toPlaceId } from './replay-id';
import type { TransformAgain, TransformedRecord } from './transform-again';

export interface ReplayBatchProps {
  readonly transform: TransformAgain;
  readonly rules: DestinationRules;
  /** Without it nothing is written, and what could be written counts as stored. */
  readonly destination?: Destination | undefined;
}

/** An event to store, or what became of the record instead. */
type Prepared = { readonly event: ReplayedEvent } | Pick<ReceiptEntry, 'outcome' | 'reason'>;

/**
 * @param key the object's.
 * @returns an entry for each record, in order, once all that could be stored is.
 * @throws ToolkitError of the store if it is out of reach; REPLAY_INDEX_UNCLEAR
 */
export async function replayBatch(
  { transform, rules, destination }: ReplayBatchProps,
  key: string,
  lines: readonly FailedLine[],
): Promise<readonly ReceiptEntry[]> {
  const transformed = await transformThose(transform, key, lines);
  const prepared = lines.map((line): Prepared => {
    const result = transformed.get(line);
    return result === undefined ? toStoreAgain(rules, key, line) : toStoreFirst(rules, key, line, result);
  });
  const events = prepared.flatMap((each) => ('event' in each ? [each.event] : []));
  const refusals = (await destination?.write(events)) ?? new Map<string, Refusal>();
  const at = new Date().toISOString();
  return lines.map(({ line }, place) => {
    const each = prepared[place] as Prepared;
    if (!('event' in each)) return { line, ...each, at };
    const { id } = each.event;
    const refusal = refusals.get(id);
    if (refusal === undefined) return { line, outcome: 'stored', id, at };
    return { line, outcome: 'failed', id, reason: `${refusal.code}: ${refusal.message}`.slice(0, REASON_LENGTH), at };
  });
}

const REASON_LENGTH = 300;

async function transformThose(transform: TransformAgain, key: string, lines: readonly FailedLine[]) {
  const chosen = lines.filter(({ failure }) => failure.kind === 'processing');
  const records = chosen.map(({ line, failure }) => ({
    id: toPlaceId(failure, key, line),
    data: failure.data,
    arrivalMs: failure.arrivalMs,
  }));
  const results = await transform(records);
  return new Map(chosen.map((line, place) => [line, results[place] as TransformedRecord]));
}

function toStoreFirst(
  rules: DestinationRules,
  key: string,
  { line, failure }: FailedLine,
  result: TransformedRecord,
): Prepared {
  if ('dropped' in result) return { outcome: 'dropped', reason: result.dropped };
  if ('reason' in result) return { outcome: 'failed', reason: result.reason };
  return {
    event: { id: toPlaceId(failure, key, line), document: result.document, index: rules.toIndex(failure) },
  };
}

function toStoreAgain(rules: DestinationRules, key: string, { line, failure }: FailedLine): Prepared {
  const { documentId } = failure;
  const id = documentId === undefined ? toPlaceId(failure, key, line) : rules.toId(failure, documentId);
  if (id === undefined) return { outcome: 'failed', reason: 'id-too-long' };
  return { event: { id, document: withoutNewline(failure.data), index: rules.toIndex(failure) } };
}

/** A function may end its documents with a newline, and a store takes one line. */
function withoutNewline(document: Buffer): Buffer {
  let end = document.length;
  while (end > 0 && (document[end - 1] === 0x0a || document[end - 1] === 0x0d)) end--;
  return document.subarray(0, end);
}

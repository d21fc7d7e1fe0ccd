import type { Delivery, Refusal } from './event-store';

/** Splits a batch into the documents that are one line and may be an object, each id once, and those that no store could take. */
export function siftBatch(batch: readonly Delivery[]): { lines: Delivery[]; refused: Refusal[] } {
  const lines: Delivery[] = [];
  const refused: Refusal[] = [];
  const seen = new Set<string>();
  for (const delivery of batch) {
    const { id, document } = delivery;
    if (seen.has(id)) continue;
    seen.add(id);
    if (document[0] !== BRACE) refused.push(refusal(id, 'not-an-object', 'The document is not a JSON object.'));
    else if (document.includes(NEWLINE))
      refused.push(refusal(id, 'not-one-line', 'The document is more than one line.'));
    else lines.push(delivery);
  }
  return { lines, refused };
}

const BRACE = 0x7b;
const NEWLINE = 0x0a;

export const refusal = (id: string, reason: string, message: string): Refusal => ({ id, code: '400', reason, message });

/** Puts refusals into the order that `EventStore.write` promises: each once, as in the batch. */
export function inOrderOf(batch: readonly Delivery[], refused: readonly Refusal[]): readonly Refusal[] {
  if (refused.length < 2) return refused;
  const byId = new Map(refused.map((each) => [each.id, each]));
  return [...new Set(batch.map(({ id }) => id))].flatMap((id) => byId.get(id) ?? []);
}

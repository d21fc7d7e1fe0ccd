/** Writes batches into one index. Each event is stored, refused, or reported as waiting. */
import { type Delivery, PartlyWritten, type Refusal } from '../event-store';
import { inOrderOf, siftBatch } from '../sift-batch';
import { cutForBulk } from './bulk';
import { type BulkProps, indexBlocked, type Unclear, writeBulk } from './write-bulk';

/** @returns `EventStore.write` */
export function createBulkWriter(props: BulkProps): (batch: readonly Delivery[]) => Promise<readonly Refusal[]> {
  /**
   * An event that the index has taken. It is written again beside events that are refused for an unclear reason: if the index still takes
   * it, the reason is theirs; if not, all wait. An event that is written twice is stored once, so this changes nothing.
   */
  let witness: Delivery | undefined;

  async function send(batch: readonly Delivery[]) {
    const result = await writeBulk(props, batch);
    // A copy, since the document is a part of a larger buffer.
    const { stored } = result;
    if (stored !== undefined) witness = { id: stored.id, document: Uint8Array.from(stored.document) };
    return result;
  }

  /** @returns the events whose own fault it is. @throws PartlyWritten if the index may be the cause, or takes nothing now. */
  async function settle(doubts: readonly Unclear[], refused: readonly Refusal[]): Promise<readonly Refusal[]> {
    const settled: Refusal[] = [];
    let rest = doubts.map(({ delivery }) => delivery);
    const stop = (failure = indexBlocked(props.path, doubts[0]?.refusal.message ?? '')) =>
      new PartlyWritten(failure, rest, [...refused, ...settled]);
    for (const request of cutForBulk(rest)) {
      if (witness === undefined) throw stop();
      const result = await send([witness, ...request]);
      const own = new Set(request.map(({ id }) => id));
      settled.push(...result.refused.filter(({ id }) => own.has(id)));
      const open = new Set([...result.waiting, ...result.unclear.map(({ delivery }) => delivery)].map(({ id }) => id));
      const waiting = request.filter(({ id }) => open.has(id));
      rest = [...waiting, ...rest.slice(request.length)];
      if (waiting.length > 0 || (result.failure !== undefined && rest.length > 0)) throw stop(result.failure);
    }
    return settled;
  }

  return async (batch) => {
    const { lines, refused } = siftBatch(batch);
    const doubts: Unclear[] = [];
    const requests = cutForBulk(lines);
    for (const [at, request] of requests.entries()) {
      const { refused: more, unclear, waiting, failure } = await send(request);
      refused.push(...more);
      doubts.push(...unclear);
      if (failure !== undefined) {
        const rest = [...doubts.map(({ delivery }) => delivery), ...waiting, ...requests.slice(at + 1).flat()];
        throw new PartlyWritten(failure, rest, inOrderOf(batch, refused));
      }
    }
    refused.push(...(await settle(doubts, inOrderOf(batch, refused))));
    return inOrderOf(batch, refused);
  };
}

import type { RecordSource } from '../core/record-source';
import type { Batch } from './batch';
import { openIdSource, toRecordId } from './record-ids';

/** A sender that gives up on a call makes it again within seconds, with a few others in between. */
const KEPT = 64;

/** The ids that calls were answered with, so that a call that is made again gets the same answer. */
export class RecentAnswers {
  readonly #answers = new Map<string, readonly string[]>();
  readonly #nextIdBase = openIdSource();

  /**
   * @param isNew for each record of the call, whether it is in `batch`.
   * @returns an id for each record. Those accepted too long ago to be remembered, or by an earlier run, get one that no event has.
   */
  answer(sources: readonly RecordSource[], isNew: readonly boolean[], batch: Batch | undefined): readonly string[] {
    const call = sources.map(({ key, from, to }) => `${key}:${from}-${to}`).join();
    const earlier = call === '' ? undefined : this.#answers.get(call);
    if (batch === undefined && earlier !== undefined) return earlier;
    const unknown = toRecordId(this.#nextIdBase());
    let next = 0;
    const ids = isNew.map((fresh, index) => (fresh && batch !== undefined ? batch.idAt(next++) : unknown(index)));
    if (call !== '') this.#remember(call, ids);
    return ids;
  }

  #remember(call: string, ids: readonly string[]): void {
    this.#answers.set(call, ids);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > KEPT && oldest !== undefined) this.#answers.delete(oldest);
  }
}

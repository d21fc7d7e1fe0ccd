/** Faults that the endpoint makes on purpose, so that a sender can be tested: the same ones for the same seed, request by request. */
import { createHash } from 'node:crypto';

export type Fault =
  /** Nothing is accepted: 503 ServiceUnavailableException. */
  | 'refused'
  /** Some records are accepted: 200 with FailedPutCount above 0. */
  | 'partial'
  /** Nothing is accepted, and there is no answer for a long time. */
  | 'silent'
  /** All is accepted, and the connection breaks within the reply. */
  | 'broken';

const FAULTS: readonly Fault[] = ['refused', 'partial', 'silent', 'broken'];

export interface FaultPlan {
  readonly seed: string;
  /** Share of the put requests that get a fault, 0 to 1. */
  readonly share: number;
}

/** What happens to one put request. */
export interface Fate {
  readonly fault: Fault | undefined;
  /** For `partial`: whether the record of this index fails. At least one of the batch does. */
  fails(index: number, records: number): boolean;
}

/** @returns a function to call once for each put request, in order. */
export function planFaults({ seed, share }: FaultPlan): () => Fate {
  let request = 0;
  return () => {
    const draw = drawsOf(seed, request++);
    const fault = draw(0) < share ? FAULTS[Math.floor(draw(1) * FAULTS.length)] : undefined;
    const sure = (records: number) => Math.floor(draw(2) * records);
    return { fault, fails: (index, records) => index === sure(records) || draw(3 + index) < 0.5 };
  };
}

/** Numbers from 0 to 1, each decided by its place alone. */
function drawsOf(seed: string, request: number): (place: number) => number {
  return (place) => createHash('sha256').update(`${seed}:${request}:${place}`).digest().readUInt32BE() / 2 ** 32;
}

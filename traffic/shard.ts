/**
 * One plan on several machines: each makes all of it, which takes microseconds a request, and sends its own share.
 *
 * Visitors stay whole. So does a name: who signs up and who later signs in with it are in one shard, so that no machine waits
 * for another. A new visitor without a past goes to the shard that has had the fewest requests, so that the rates stay even.
 */
import type { Visitor } from './crowd';
import type { PlannedRequest } from './plan';

export interface Shard {
  /** From 1. */
  readonly number: number;
  readonly count: number;
}

/** Says of each request, asked in the order of the plan, which shard it belongs to, from 1. */
export function createShards(count: number): (request: PlannedRequest) => number {
  const requests = new Array<number>(count).fill(0);
  const visitors = new Map<number, number>();
  const users = new Map<string, number>();

  const welcome = ({ number, user }: Visitor): number => {
    let shard = user === undefined ? undefined : users.get(user);
    if (shard === undefined) {
      shard = requests.indexOf(Math.min(...requests)) + 1;
      if (user !== undefined) users.set(user, shard);
    }
    visitors.set(number, shard);
    return shard;
  };

  return ({ visitor, last }) => {
    const shard = visitors.get(visitor.number) ?? welcome(visitor);
    if (last) visitors.delete(visitor.number);
    requests[shard - 1] = (requests[shard - 1] ?? 0) + 1;
    return shard;
  };
}

export interface ShardPlan {
  /** The shard's own requests, in the order of the plan. */
  readonly requests: Generator<PlannedRequest, void, undefined>;
  /** How many of these are due in a second of the run; known once a later one has been asked for. */
  plannedIn(second: number): number;
  /** Of those asked for so far, how many are to fail. */
  readonly errors: number;
}

export function toShardPlan(plan: Iterable<PlannedRequest>, { number, count }: Shard): ShardPlan {
  const shardOf = createShards(count);
  const seconds = new Map<number, number>();
  let errors = 0;

  function* choose(): Generator<PlannedRequest, void, undefined> {
    for (const request of plan) {
      if (shardOf(request) !== number) continue;
      const second = Math.floor(request.atMs / 1000);
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
      if (request.expect.status >= 500) errors++;
      yield request;
    }
  }
  return {
    requests: choose(),
    plannedIn(second) {
      const planned = seconds.get(second) ?? 0;
      // Nobody asks twice: a run without an end must not remember its seconds.
      seconds.delete(second);
      return planned;
    },
    get errors() {
      return errors;
    },
  };
}

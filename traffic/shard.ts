/**
 * Splits one plan among several machines: each makes the whole plan, which takes microseconds a request, and sends its part.
 *
 * All requests of a visitor are in one shard, and so are all visitors with one name, so that no machine waits for another one's
 * sign-up. Any other new visitor goes to the shard with the fewest requests so far, which keeps the rates even.
 */
import type { Visitor } from './crowd';
import type { PlannedRequest } from './plan';

export interface Shard {
  /** From 1. */
  readonly number: number;
  readonly count: number;
}

/** @returns a function that gives each request's shard, from 1; call it in the plan's order. */
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
  /** The shard's requests, in the plan's order. */
  readonly requests: Generator<PlannedRequest, void, undefined>;
  /** How many of these are due in a second of the run; known once a request of a later second was taken. */
  plannedIn(second: number): number;
  /** How many of the requests taken so far are planned to fail. */
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
      // Asked for once only: an endless run must not remember all its seconds.
      seconds.delete(second);
      return planned;
    },
    get errors() {
      return errors;
    },
  };
}

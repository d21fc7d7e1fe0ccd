import type { Failure } from './failure';

export interface FilterOptions {
  /** Error codes, any of them; empty for all. */
  readonly cause: readonly string[];
  /** Arrived at this time or later … */
  readonly from?: Date | undefined;
  /** … and before this. */
  readonly to?: Date | undefined;
}

/** A record without a time of arrival is chosen only where no time is asked for. */
export function createFilter({ cause, from, to }: FilterOptions): (failure: Failure) => boolean {
  const causes = new Set(cause.map((code) => code.toLowerCase()));
  return ({ code, arrivalMs }) => {
    if (causes.size > 0 && !causes.has(code.toLowerCase())) return false;
    if (from === undefined && to === undefined) return true;
    if (arrivalMs === undefined) return false;
    return arrivalMs >= (from?.getTime() ?? 0) && arrivalMs < (to?.getTime() ?? Number.POSITIVE_INFINITY);
  };
}

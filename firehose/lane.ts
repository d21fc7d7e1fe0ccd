export type Lane = <T>(work: () => Promise<T>) => Promise<T>;

/** So many works at a time, begun in the order in which they came; one that fails does not hold up the next. */
export function openLane(places: number): Lane {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}

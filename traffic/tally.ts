/** Counts things by their names. */
export interface Tally {
  add(name: string): void;
  /** 0 where there was none. */
  of(name: string): number;
  counts(): Readonly<Record<string, number>>;
}

export function createTally(): Tally {
  // A cell for each name: one look-up to count.
  const cells = new Map<string, { count: number }>();
  return {
    add(name) {
      const cell = cells.get(name);
      if (cell === undefined) cells.set(name, { count: 1 });
      else cell.count++;
    },
    of: (name) => cells.get(name)?.count ?? 0,
    counts: () => Object.fromEntries(Array.from(cells, ([name, { count }]) => [name, count])),
  };
}

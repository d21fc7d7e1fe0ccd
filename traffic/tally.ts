/** Counts by name. */
export interface Tally {
  add(name: string): void;
  /** The count of a name; 0 if it was never added. */
  of(name: string): number;
  counts(): Readonly<Record<string, number>>;
}

export function createTally(): Tally {
  // Cells, so that counting takes one look-up.
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

/** What has been opened, to be closed whatever happens. */
export interface Closers {
  add(close: () => Promise<unknown>): void;
  /** The last opened first; one that fails does not keep the others open. @throws the first failure. */
  closeAll(): Promise<void>;
}

export function collectClosers(): Closers {
  const closers: (() => Promise<unknown>)[] = [];
  return {
    add: (close) => closers.push(close),
    async closeAll() {
      const failures: unknown[] = [];
      for (const close of closers.splice(0).reverse()) await close().catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    },
  };
}

import { type Connection, openConnection, type Target } from './connection';

export interface PoolOptions extends Target {
  /** Beyond these, requests wait for one to be free. */
  readonly maxConnections: number;
}

/**
 * Servers close what is idle (Node and Apache after 5 s), and a request sent at that very moment is lost: we close first.
 * They are used in turn, so that the surplus of a busy second stays warm as long as the rate has a use for it.
 */
const IDLE_MS = 2000;

/** Opened at a time before the run, so that the site's queue of new connections does not run over. */
const WARM_BATCH = 64;

/** As many connections as there are requests under way. */
export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #idle: { readonly connection: Connection; sinceMs: number }[] = [];
  readonly #busy = new Set<Connection>();
  readonly #waiting: ((connection: Connection) => void)[] = [];
  #most = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get open(): number {
    return this.#idle.length + this.#busy.size;
  }

  /** The most there have been at once. */
  get most(): number {
    return this.#most;
  }

  /** Opens so many beforehand; those that are refused are simply not there. */
  async warm(count: number, signal?: AbortSignal): Promise<void> {
    const wanted = Math.min(count, this.#options.maxConnections);
    while (this.open < wanted && !signal?.aborted) {
      const batch = Array.from({ length: Math.min(WARM_BATCH, wanted - this.open) }, () =>
        openConnection(this.#options),
      );
      await Promise.all(batch.map(({ opened }) => opened));
      const opened = batch.filter(({ isOpen }) => isOpen);
      for (const connection of opened) this.#idle.push({ connection, sinceMs: performance.now() });
      if (opened.length < batch.length) break;
    }
    for (const one of this.#idle) one.sinceMs = performance.now();
    this.#most = this.open;
  }

  /** Calls back at once while there is a connection to be had, else as soon as there is; in the order of the calls. */
  acquire(use: (connection: Connection) => void): void {
    const connection =
      this.#takeIdle() ?? (this.open < this.#options.maxConnections ? openConnection(this.#options) : undefined);
    if (connection === undefined) {
      this.#waiting.push(use);
    } else {
      this.#busy.add(connection);
      this.#most = Math.max(this.#most, this.open);
      use(connection);
    }
  }

  /** After each reply or loss. */
  release(connection: Connection): void {
    this.#busy.delete(connection);
    if (connection.isOpen) this.#idle.push({ connection, sinceMs: performance.now() });
    const next = this.#waiting.shift();
    if (next !== undefined) this.acquire(next);
  }

  /** @returns how many waited. */
  forgetWaiting(): number {
    return this.#waiting.splice(0).length;
  }

  /** What waits is forgotten, what is under way is cut. */
  close(): void {
    this.forgetWaiting();
    for (const { connection } of this.#idle.splice(0)) connection.close();
    for (const connection of this.#busy) connection.close();
  }

  #takeIdle(): Connection | undefined {
    const oldestMs = performance.now() - IDLE_MS;
    for (let oldest = this.#idle.shift(); oldest !== undefined; oldest = this.#idle.shift()) {
      if (oldest.connection.isOpen && oldest.sinceMs >= oldestMs) return oldest.connection;
      oldest.connection.close();
    }
    return undefined;
  }
}

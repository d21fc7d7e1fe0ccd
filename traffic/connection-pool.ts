import { type Connection, openConnection, type Target } from './connection';

export interface PoolOptions extends Target {
  /** Beyond this many, requests wait for a free one. */
  readonly maxConnections: number;
}

/**
 * Servers close idle connections (Node and Apache after 5 s), and a request sent at that very moment is lost, so we close first.
 * Idle connections are used oldest first, so those opened for a busy second stay warm as long as the rate still needs them.
 */
const IDLE_MS = 2000;

/** Connections opened at a time before the run, so that the site's accept queue does not overflow. */
const WARM_BATCH = 64;

/** The open connections to the site: one for each request under way, and idle ones to be used again. */
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

  /** The most that were open at once. */
  get most(): number {
    return this.#most;
  }

  /** Opens connections before the run; stops early if the site refuses some. */
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

  /** Calls back with a connection: at once if one is free or may be opened, otherwise when one is released, first come first served. */
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

  /** Must follow each reply or loss. */
  release(connection: Connection): void {
    this.#busy.delete(connection);
    if (connection.isOpen) this.#idle.push({ connection, sinceMs: performance.now() });
    const next = this.#waiting.shift();
    if (next !== undefined) this.acquire(next);
  }

  /** Drops the requests that wait for a connection. @returns how many there were. */
  forgetWaiting(): number {
    return this.#waiting.splice(0).length;
  }

  /** Drops what waits and cuts what is under way. */
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

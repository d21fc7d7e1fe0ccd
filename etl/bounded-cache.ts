/**
 * Caches a function's results by its argument, in bounded memory: when the young generation is full, the old one is dropped.
 * So entries in frequent use stay, and no input can make the cache grow. Long keys are not cached.
 */
export class BoundedCache<V> {
  readonly #capacity: number;
  readonly #make: (key: string) => V;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /** @param capacity entries per generation; at most twice as many are kept. */
  constructor(capacity: number, make: (key: string) => V) {
    this.#capacity = capacity;
    this.#make = make;
  }

  readonly get = (key: string): V => {
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const value = this.#old.get(key) ?? this.#make(key);
    if (key.length <= LONGEST_KEY) this.#keep(key, value);
    return value;
  };

  #keep(key: string, value: V): void {
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    // A slice would keep alive the whole string that it was cut from.
    this.#young.set(Buffer.from(key).toString(), value);
  }
}

const LONGEST_KEY = 512;

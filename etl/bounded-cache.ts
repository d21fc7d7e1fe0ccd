/**
 * A function's results by its text, bounded: when the young generation is full the old one is forgotten, so that
 * what is asked for often stays and no input can make it grow. Long texts are not kept at all.
 */
export class BoundedCache<V> {
  readonly #capacity: number;
  readonly #make: (key: string) => V;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /** @param capacity entries of one generation; at most twice as many are kept. */
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
    // A slice would keep the whole text alive that it was cut from.
    this.#young.set(Buffer.from(key).toString(), value);
  }
}

const LONGEST_KEY = 512;

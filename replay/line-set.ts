/** A set of line numbers, one bit each: an object may have millions. */
export class LineSet {
  #bits = new Uint8Array(1024);

  add(line: number): void {
    const at = line >>> 3;
    if (at >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bits.length, at + 1));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (line & 7));
  }

  has(line: number): boolean {
    return ((this.#bits[line >>> 3] ?? 0) & (1 << (line & 7))) !== 0;
  }
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed for the running test, said on standard error; $FAULT_SEED repeats one. */
export function seedOf(): number {
  const seed = Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 1e9));
  process.stderr.write(`${expect.getState().currentTestName}: FAULT_SEED=${seed}\n`);
  return seed;
}

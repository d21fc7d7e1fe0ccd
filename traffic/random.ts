/** Random numbers that a seed repeats: Chris Doty-Humphrey's sfc32 (PractRand), its state taken from the seed's SHA-256. */
import { createHash } from 'node:crypto';

/** Returns the next number of the sequence, from 0 to below 1. */
export type Random = () => number;

export function createRandom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = digest.readInt32LE(12);
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  };
}

/** @returns a whole number from 0 to `count` - 1. */
export function pickIndex(random: Random, count: number): number {
  return Math.floor(random() * count);
}

/** @throws RangeError for an empty list. */
export function pick<T>(random: Random, list: readonly T[]): T {
  const picked = list[pickIndex(random, list.length)];
  if (picked === undefined) throw new RangeError('nothing to pick from');
  return picked;
}

/** Normally distributed around 0 with deviation 1 (Box-Muller). */
export function pickNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Picks each item with a probability of its weight / the sum of all weights. */
export function pickWeighted<T extends { readonly weight: number }>(random: Random, list: readonly T[]): T {
  let rest = random() * list.reduce((sum, { weight }) => sum + weight, 0);
  for (const item of list) {
    rest -= item.weight;
    if (rest < 0) return item;
  }
  return pick(random, list);
}

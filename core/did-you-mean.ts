import { distance } from 'fastest-levenshtein';

/**
 * The candidate that was probably meant: the nearest one in edit distance, upper and lower case alike.
 *
 * @returns undefined where none is close enough: up to a third of a candidate's letters may differ, and always two.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const byDistance = candidates
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  return byDistance.find(({ candidate, edits }) => edits <= Math.max(2, candidate.length / 3))?.candidate;
}

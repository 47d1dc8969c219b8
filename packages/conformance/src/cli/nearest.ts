import { editDistance } from "../case/nearest.js";

/**
 * The candidates that are most similar to an unknown word, the best first, at most `limit`. Empty if none is similar: a
 * bad suggestion is worse than none.
 */
export function nearest(word: string, candidates: readonly string[], limit = 1): readonly string[] {
  const tolerance = Math.max(2, Math.floor(word.length / 3));
  const begun = word.length > 1 ? candidates.filter((candidate) => candidate.startsWith(word)) : [];
  const close = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= tolerance && distance < candidate.length)
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
  return [...new Set([...begun, ...close])].slice(0, limit);
}

/** `; did you mean …?` for the end of a sentence, or an empty text. */
export function didYouMean(word: string, candidates: readonly string[], prefix = ""): string {
  const [best] = nearest(word, candidates);
  return best === undefined ? "" : `; did you mean ${prefix}${best}?`;
}

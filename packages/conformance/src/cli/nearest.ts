/**
 * The candidates most like a word that was not understood, the best first, at most `limit`. Empty if nothing
 * comes close: a far-fetched suggestion is worse than none.
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

/** `; did you mean …?` for the end of a sentence, or nothing. */
export function didYouMean(word: string, candidates: readonly string[], prefix = ""): string {
  const [best] = nearest(word, candidates);
  return best === undefined ? "" : `; did you mean ${prefix}${best}?`;
}

/** Levenshtein distance; words on a command line are short. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
  }
  return row[b.length] ?? 0;
}

/**
 * The candidates that differ from `word` by the fewest changed characters, best first, at most `most` of them.
 * Among equals, the one with the longest common beginning comes first, then the earlier one.
 */
export function nearest(word: string, candidates: readonly string[], most = 3): readonly string[] {
  return candidates
    .map((candidate, index) => ({
      candidate,
      index,
      distance: editDistance(word, candidate),
      alike: alike(word, candidate),
    }))
    .sort((a, b) => a.distance - b.distance || b.alike - a.alike || a.index - b.index)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** Number of characters to insert, delete or replace (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, at(previous, j) + 1, at(row, j - 1) + 1));
    }
    previous = row;
  }
  return at(previous, b.length);
}

/** Length of the common beginning. */
function alike(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

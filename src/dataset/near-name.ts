/**
 * The name that is likely meant by a word that is none of them: the one that takes the fewest characters to be put in, left out or
 * changed, if those are no more than a third.
 */
export function nearName(word: string, names: readonly string[]): string | undefined {
  const distances = names
    .map((name) => ({ name, edits: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(word.length, name.length) / 3)
    .sort((a, b) => a.edits - b.edits);
  return distances[0]?.name;
}

/** Levenshtein's, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [above, character] of [...a].entries()) {
    const next = [above + 1];
    for (let index = 0; index < b.length; index++) {
      const changed = (row[index] ?? 0) + (character === b.charAt(index) ? 0 : 1);
      next.push(Math.min(changed, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

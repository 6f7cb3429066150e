/** The one of `words` that was probably meant by `typed`; undefined where none is close. */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  const wanted = typed.trim().toLowerCase();
  const [best] = words
    .map((word) => ({ word, edits: editsBetween(wanted, word) }))
    // One edit for every three letters: more, and the words have little in common.
    .filter(({ word, edits }) => edits <= Math.ceil(Math.max(wanted.length, word.length) / 3))
    .sort((a, b) => a.edits - b.edits);
  return best?.word;
}

/** Letters to insert, delete, replace or swap with their neighbour to make `b` of `a` (optimal string alignment distance). */
function editsBetween(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity;
  for (let j = 1; j <= b.length; j++) rows[0]?.push(j);
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      rows[i]?.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
          swapped ? at(i - 2, j - 2) + 1 : Infinity,
        ),
      );
    }
  return at(a.length, b.length);
}

/** At how many letters of difference a word is no longer taken for another one. */
const MOST_CHANGES = 3;

/** How many letters must be changed, added, removed or swapped with their neighbour to make one word the other. */
function changesBetween(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i += 1) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j += 1) {
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const least = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
        isSwap ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
      rows[i]?.push(least);
    }
  }
  return at(a.length, b.length);
}

/** The known word that was probably meant; undefined where none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const most = Math.min(MOST_CHANGES, Math.ceil(word.length / 3));
  const [best] = known
    .map((one) => ({ one, changes: changesBetween(word.toLowerCase(), one.toLowerCase()) }))
    .filter(({ changes }) => changes > 0 && changes <= most)
    .sort((a, b) => a.changes - b.changes);
  return best?.one;
}

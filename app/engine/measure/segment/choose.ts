/**
 * The set of `candidates` that fits best, put together greedily: the one that alone `score`s most (the first of
 * equals), then always the one that raises the score of the set most, until none does. Empty only where there is none.
 */
export function chooseGreedily<T>(
  candidates: readonly T[],
  score: (set: readonly T[]) => number,
): { readonly chosen: readonly T[]; readonly score: number } {
  let chosen: readonly T[] = [];
  let reached = -Infinity;
  for (;;) {
    let better: readonly T[] | null = null;
    for (const candidate of candidates) {
      if (chosen.includes(candidate)) continue;
      const set = [...chosen, candidate];
      const value = score(set);
      if (value <= reached) continue;
      reached = value;
      better = set;
    }
    if (better === null) return { chosen, score: chosen.length === 0 ? score([]) : reached };
    chosen = better;
  }
}

/** A value's need of memory: from the step that makes it to the last one that reads it. */
export interface Lifetime {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

export interface ArenaPlan {
  readonly bytes: number;
  /** One for each lifetime, in order. */
  readonly offsets: readonly number[];
}

/** Cache line: no two buffers share one. */
const ALIGNMENT = 64;

/**
 * Places buffers in one piece of memory so that no two alive at once overlap: the largest first,
 * each at the lowest offset that is free while it lives.
 */
export function planArena(lifetimes: readonly Lifetime[]): ArenaPlan {
  const order = [...lifetimes.keys()].sort((a, b) => (lifetimes[b]?.bytes ?? 0) - (lifetimes[a]?.bytes ?? 0));
  const offsets = new Array<number>(lifetimes.length).fill(0);
  const placed: { readonly life: Lifetime; readonly start: number; readonly end: number }[] = [];
  let bytes = 0;
  for (const index of order) {
    const life = lifetimes[index];
    if (!life) continue;
    const size = Math.ceil(life.bytes / ALIGNMENT) * ALIGNMENT;
    let start = 0;
    for (const other of placed) {
      const together = other.life.from <= life.to && life.from <= other.life.to;
      if (together && other.start < start + size && start < other.end) start = other.end;
    }
    offsets[index] = start;
    placed.push({ life, start, end: start + size });
    placed.sort((a, b) => a.start - b.start);
    bytes = Math.max(bytes, start + size);
  }
  return { bytes, offsets };
}

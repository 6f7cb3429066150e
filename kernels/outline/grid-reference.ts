/** A grid of logits to be drawn out to twice as many cells a side, all lengths checked. */
export interface GridWork {
  /** [side, side] */
  readonly source: Float32Array;
  readonly side: number;
  /** [2 side, 2 side] */
  readonly target: Float32Array;
  /** Cells of the target that may be chosen: from x0, y0 to before x1, y1. */
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** Where the chosen cells' numbers go, row by row: as many at most as it is long. */
  readonly cells: Int32Array;
}

/** |logit| up to `CERTAIN` falls into one of so many bins: cells are chosen bin by bin. */
const BINS = 512;
/** A logit so far from 0 is a probability of 0.9997: its cell needs no second look. */
const CERTAIN = 8;

const { fround } = Math;

/** Draws a grid out and chooses the cells that are the least certain (kernels/README.md); how many there are. */
export function referenceSubdivide(work: GridWork): number {
  drawOut(work);
  const { target, side, x0, y0, x1, y1, cells } = work;
  const inside: number[] = [];
  for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) inside.push(2 * y * side + x);
  const bin = (cell: number): number => {
    const at = fround(Math.abs(target[cell] ?? 0) * fround(BINS / CERTAIN));
    // What is no number is as uncertain as can be.
    return at >= BINS ? BINS : Math.floor(at > 0 ? at : 0);
  };
  const counts = new Int32Array(BINS + 1);
  for (const cell of inside) counts[bin(cell)] = (counts[bin(cell)] ?? 0) + 1;
  let last = 0;
  let before = 0;
  while (last < BINS && before + (counts[last] ?? 0) <= cells.length) before += counts[last++] ?? 0;
  let left = last < BINS ? cells.length - before : 0;
  const chosen = inside.filter((cell) => bin(cell) < last || (bin(cell) === last && left-- > 0));
  cells.set(chosen);
  return chosen.length;
}

function drawOut({ source, side, target }: GridWork): void {
  const mix = (near: number, far: number): number => fround(fround(0.75 * near) + fround(0.25 * far));
  /** The cell beside `cell` on whose side the middle of half `half` of it lies. */
  const beside = (cell: number, half: number): number => Math.min(Math.max(cell + 2 * half - 1, 0), side - 1);
  for (let y = 0; y < 2 * side; y++)
    for (let x = 0; x < 2 * side; x++) {
      const [near, far] = [y >> 1, beside(y >> 1, y & 1)];
      const column = (at: number): number => mix(source[near * side + at] ?? 0, source[far * side + at] ?? 0);
      target[2 * y * side + x] = mix(column(x >> 1), column(beside(x >> 1, x & 1)));
    }
}

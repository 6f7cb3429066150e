import type { Box } from './instances';

/** Logits of being inside an object, on a square grid of cells over a box; each stands for its cell's middle. */
export interface LogitGrid {
  readonly box: Box;
  /** Cells of a side. */
  readonly side: number;
  /** [side, side] */
  readonly logits: Float32Array;
}

/** Grids of a size that are kept for later: those of a usual picture, not of the fullest one. */
const KEPT = 12;

/** The grids of pictures, whose memory is used again. */
export class GridMemory {
  readonly #spare = new Map<number, Float32Array[]>();

  take(side: number): Float32Array {
    return this.#spare.get(side)?.pop() ?? new Float32Array(side * side);
  }

  giveBack(side: number, logits: Float32Array): void {
    const spare = this.#spare.get(side) ?? [];
    this.#spare.set(side, spare);
    if (spare.length < KEPT) spare.push(logits);
  }
}

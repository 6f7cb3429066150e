import type { Box } from './instances';

/** Logits of being inside an object, on a square grid of cells over a box; each stands for its cell's middle. */
export interface LogitGrid {
  readonly box: Box;
  /** Cells of a side. */
  readonly side: number;
  /** [side, side] */
  readonly logits: Float32Array;
}

/** The grids of pictures, whose memory is used again. */
export class GridMemory {
  readonly #spare = new Map<number, Float32Array[]>();

  take(side: number): Float32Array {
    return this.#spare.get(side)?.pop() ?? new Float32Array(side * side);
  }

  giveBack(side: number, logits: Float32Array): void {
    const spare = this.#spare.get(side);
    if (spare) spare.push(logits);
    else this.#spare.set(side, [logits]);
  }
}

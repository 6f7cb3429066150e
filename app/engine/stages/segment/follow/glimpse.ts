import type { Fitting } from '../network-picture';

/** A frame half as large as the network sees it. */
export interface Glimpse {
  readonly width: number;
  readonly height: number;
  /** [height, width], 0 to 255. */
  readonly luma: Uint8Array;
}

/** A glimpse of the network's input, [3, height, width] of 0 to 1 with the picture at its upper left. */
export function glimpseOf(
  data: Float32Array,
  { width, height, pictureWidth, pictureHeight }: Fitting,
): Glimpse {
  const columns = Math.max(1, pictureWidth >> 1);
  const rows = Math.max(1, pictureHeight >> 1);
  const luma = new Uint8Array(columns * rows);
  const area = width * height;
  const [right, below] = [pictureWidth > 1 ? 1 : 0, pictureHeight > 1 ? width : 0];
  const four = (at: number): number =>
    (data[at] ?? 0) + (data[at + right] ?? 0) + (data[at + below] ?? 0) + (data[at + below + right] ?? 0);
  for (let y = 0, to = 0; y < rows; y++)
    for (let x = 0, from = 2 * y * width; x < columns; x++, from += 2, to++)
      luma[to] =
        63.75 * (0.299 * four(from) + 0.587 * four(area + from) + 0.114 * four(2 * area + from)) + 0.5;
  return { width: columns, height: rows, luma };
}

/** Mean differences of luma up to the first are noise, from the second on something has changed. */
const NOISE = 1.5;
const CHANGE = 4;
/** Pixels of a neighbourhood. */
const AROUND = 9;

/**
 * Where nothing has changed between two glimpses, 255, to where something has, 0: by the mean difference of luma over 3×3
 * pixels, so that a sensor's noise counts as nothing.
 */
export function stillness(before: Glimpse, { width, height, luma }: Glimpse): Uint8Array {
  const still = new Uint8Array(width * height);
  const difference = new Int16Array(luma);
  for (let at = 0; at < luma.length; at++) difference[at] = (luma[at] ?? 0) - (before.luma[at] ?? 0);
  const [least, most] = [NOISE * AROUND, CHANGE * AROUND];
  const slope = 255 / (most - least);
  const sums = new Int16Array(width + 2);
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - 1) * width;
    const here = y * width;
    const below = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x++)
      sums[x + 1] = (difference[above + x] ?? 0) + (difference[here + x] ?? 0) + (difference[below + x] ?? 0);
    sums[0] = sums[1] ?? 0;
    sums[width + 1] = sums[width] ?? 0;
    for (let x = 0; x < width; x++) {
      const changed = Math.abs((sums[x] ?? 0) + (sums[x + 1] ?? 0) + (sums[x + 2] ?? 0));
      still[here + x] = changed <= least ? 255 : changed >= most ? 0 : (most - changed) * slope;
    }
  }
  return still;
}

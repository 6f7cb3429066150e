import type { Fitting } from '../network-picture';

/** A frame as small as the network sees it. */
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
  const luma = new Uint8Array(pictureWidth * pictureHeight);
  const area = width * height;
  for (let y = 0, to = 0; y < pictureHeight; y++)
    for (let x = 0, from = y * width; x < pictureWidth; x++, from++, to++)
      luma[to] =
        255 *
          (0.299 * (data[from] ?? 0) +
            0.587 * (data[area + from] ?? 0) +
            0.114 * (data[2 * area + from] ?? 0)) +
        0.5;
  return { width: pictureWidth, height: pictureHeight, luma };
}

/** Mean differences of luma up to the first are noise, from the second on something has changed. */
const NOISE = 1.5;
const CHANGE = 4;
/** Pixels to each side over which differences are averaged. */
const REACH = 2;

/**
 * Where nothing has changed between two glimpses, 255, to where something has, 0: by the mean difference of luma over 5×5
 * pixels, so that a sensor's noise counts as nothing.
 */
export function stillness(before: Glimpse, { width, height, luma }: Glimpse): Uint8Array {
  const rows = new Int16Array(width * height);
  const side = 2 * REACH + 1;
  for (let y = 0; y < height; y++) {
    const start = y * width;
    const difference = (x: number): number => {
      const at = start + Math.min(Math.max(x, 0), width - 1);
      return (luma[at] ?? 0) - (before.luma[at] ?? 0);
    };
    let sum = 0;
    for (let x = -REACH; x < REACH; x++) sum += difference(x);
    for (let x = 0; x < width; x++) {
      sum += difference(x + REACH);
      rows[start + x] = sum;
      sum -= difference(x - REACH);
    }
  }
  const still = new Uint8Array(width * height);
  const [least, most] = [NOISE * side ** 2, CHANGE * side ** 2];
  const sums = new Int32Array(width);
  const add = (row: number, sign: 1 | -1): void => {
    const start = Math.min(Math.max(row, 0), height - 1) * width;
    for (let x = 0; x < width; x++) sums[x] = (sums[x] ?? 0) + sign * (rows[start + x] ?? 0);
  };
  for (let row = -REACH; row < REACH; row++) add(row, 1);
  for (let y = 0; y < height; y++) {
    add(y + REACH, 1);
    for (let x = 0; x < width; x++) {
      const changed = Math.abs(sums[x] ?? 0);
      still[y * width + x] =
        changed <= least ? 255 : changed >= most ? 0 : (255 * (most - changed)) / (most - least);
    }
    add(y - REACH, -1);
  }
  return still;
}

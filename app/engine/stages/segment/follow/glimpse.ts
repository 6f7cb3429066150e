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

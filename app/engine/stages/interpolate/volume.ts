import type { Rectangle } from '../tiles';

/** Floats of [channels, height, width]. */
export interface Volume {
  readonly channels: number;
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** The part of a volume inside `window`, [channels, window.height, window.width]; the volume's own data where that is all of it. */
export function cut(
  { channels, width, height, data }: Volume,
  window: Rectangle,
  reuse: Float32Array,
): Float32Array {
  if (window.width === width && window.height === height) return data;
  for (let channel = 0; channel < channels; channel++)
    for (let y = 0; y < window.height; y++) {
      const from = (channel * height + window.y + y) * width + window.x;
      reuse.set(data.subarray(from, from + window.width), (channel * window.height + y) * window.width);
    }
  return reuse;
}

/** Puts what a tile made, [channels, read.height, read.width], into `target` where it keeps it. */
export function paste(part: Float32Array, read: Rectangle, keep: Rectangle, target: Volume): void {
  const { channels, width, height, data } = target;
  for (let channel = 0; channel < channels; channel++)
    for (let y = keep.y; y < keep.y + keep.height; y++) {
      const from = (channel * read.height + y - read.y) * read.width + keep.x - read.x;
      data.set(part.subarray(from, from + keep.width), (channel * height + y) * width + keep.x);
    }
}

/** A rectangle in samples of which each stands for `by` × `by`. */
export function divided({ x, y, width, height }: Rectangle, by: number): Rectangle {
  return { x: x / by, y: y / by, width: width / by, height: height / by };
}

/** And back. */
export function multiplied({ x, y, width, height }: Rectangle, by: number): Rectangle {
  return { x: x * by, y: y * by, width: width * by, height: height * by };
}

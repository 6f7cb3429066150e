import { random } from '../adder2d/cases';
import { filteredShape, type DynamicFilter2dDescription } from './attributes';

/** A node and the size of what it is run on; tests and benchmarks share these. */
export interface DynamicFilter2dCase extends DynamicFilter2dDescription {
  readonly n: number;
  readonly c: number;
  readonly h: number;
  readonly w: number;
}

export interface DynamicFilter2dData {
  readonly x: Float32Array;
  readonly logits: Float32Array;
  readonly outputs: number;
}

/** Both sides and strides, odd sizes, the smallest, widths beside those of vectors, groups of one channel and of all. */
export const DYNAMIC_FILTER2D_CASES: readonly DynamicFilter2dCase[] = [
  ...([3, 5] as const).flatMap((side) =>
    ([1, 2] as const).flatMap((stride) =>
      [3, 7, 8, 15, 16, 31, 33, 65].map((w) => ({ n: 1, c: 6, h: 7, w, groups: 2, side, stride })),
    ),
  ),
  { n: 1, c: 1, h: 2, w: 2, groups: 1, side: 3, stride: 1 },
  { n: 1, c: 1, h: 2, w: 2, groups: 1, side: 3, stride: 2 },
  { n: 2, c: 12, h: 6, w: 20, groups: 4, side: 3, stride: 2 },
  { n: 3, c: 5, h: 5, w: 9, groups: 5, side: 3, stride: 1 },
  { n: 1, c: 7, h: 131, w: 4, groups: 1, side: 5, stride: 2 },
  { n: 1, c: 16, h: 36, w: 64, groups: 8, side: 3, stride: 2 },
];

/** Halving the first features of a 512×288 picture, and filtering smaller ones without. */
export const DYNAMIC_FILTER2D_BENCH: readonly DynamicFilter2dCase[] = [
  { n: 1, c: 64, h: 144, w: 256, groups: 8, side: 3, stride: 2 },
  { n: 1, c: 64, h: 72, w: 128, groups: 8, side: 3, stride: 1 },
];

/** Random features and logits for a case. */
export function dynamicFilter2dData(from: DynamicFilter2dCase, seed: number): DynamicFilter2dData {
  const next = random(seed);
  const { n, c, h, w, groups, side } = from;
  const { height, width } = filteredShape(from, h, w);
  return {
    x: Float32Array.from({ length: n * c * h * w }, () => 4 * next() - 2),
    logits: Float32Array.from({ length: n * groups * side ** 2 * height * width }, () => 12 * next() - 6),
    outputs: n * c * height * width,
  };
}

import { random } from '../adder2d/cases';
import type { SubpixelConv2dDescription } from './attributes';

/** A layer and the size of what it is run on; tests and benchmarks share these. */
export interface SubpixelConv2dCase {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly cin: number;
  readonly blockSize: number;
  /** Height and width of the filter. */
  readonly k: readonly [number, number];
  readonly xZeroPoint?: number;
}

export interface SubpixelConv2dData {
  readonly description: SubpixelConv2dDescription;
  readonly x: Uint8Array;
  readonly skip: Float32Array;
  readonly outputs: number;
}

/** Every scale and width of the networks, odd sizes, one pixel, channel counts beside those of vectors. */
export const SUBPIXEL_CONV2D_CASES: readonly SubpixelConv2dCase[] = [
  ...[2, 3, 4].flatMap((blockSize) =>
    [16, 32, 48, 64].map((cin) => ({ n: 1, h: 5, w: 7, cin, blockSize, k: [3, 3] as const })),
  ),
  { n: 1, h: 1, w: 1, cin: 32, blockSize: 2, k: [3, 3], xZeroPoint: 77 },
  { n: 1, h: 1, w: 1, cin: 1, blockSize: 1, k: [1, 1] },
  { n: 2, h: 3, w: 1, cin: 5, blockSize: 3, k: [5, 3], xZeroPoint: 255 },
  { n: 3, h: 1, w: 9, cin: 33, blockSize: 4, k: [1, 3], xZeroPoint: 1 },
  { n: 1, h: 4, w: 641, cin: 32, blockSize: 2, k: [3, 3], xZeroPoint: 12 },
  { n: 1, h: 131, w: 3, cin: 16, blockSize: 2, k: [3, 3], xZeroPoint: 128 },
  { n: 1, h: 6, w: 8, cin: 17, blockSize: 5, k: [3, 3], xZeroPoint: 9 },
];

/** The tail of the light network at 640×360. */
export const SUBPIXEL_CONV2D_BENCH: SubpixelConv2dCase = {
  n: 1,
  h: 360,
  w: 640,
  cin: 32,
  blockSize: 2,
  k: [3, 3],
  xZeroPoint: 40,
};

/** Random codes, samples and constants for a case; weights as large as 16 bits and the sums' limit allow. */
export function subpixelConv2dData(from: SubpixelConv2dCase, seed: number): SubpixelConv2dData {
  const next = random(seed);
  const { n, h, w, cin, blockSize, k, xZeroPoint = 0 } = from;
  const outputs = blockSize ** 2;
  const terms = k[0] * k[1] * cin;
  const most = Math.min(32_767, Math.floor((2 ** 31 - 1) / 255 / terms));
  const scale = 0.1 / (255 * most * Math.sqrt(terms));
  return {
    description: {
      w: Int16Array.from({ length: outputs * terms }, () => Math.round((2 * next() - 1) * most)),
      blockSize,
      kH: k[0],
      kW: k[1],
      cin,
      scale: Float32Array.from({ length: outputs }, () => scale * (0.5 + next())),
      bias: Float32Array.from({ length: outputs }, () => 0.1 * next() - 0.05),
      xZeroPoint,
    },
    x: Uint8Array.from({ length: n * h * w * cin }, () => Math.floor(256 * next())),
    skip: Float32Array.from({ length: n * h * w }, () => next()),
    outputs: n * h * w * outputs,
  };
}

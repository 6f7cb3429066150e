import { random } from '../adder2d/cases';
import type { QuantizedConv2dDescription } from './attributes';

/** A layer and the size of what it is run on; tests and benchmarks share these. */
export interface QuantizedConv2dCase {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly cout: number;
  /** Height and width of the filter. */
  readonly k: readonly [number, number];
  readonly xLevels?: number;
  readonly activation?: 'none' | 'relu';
  readonly yZeroPoint?: number;
}

export interface QuantizedConv2dData {
  readonly description: QuantizedConv2dDescription;
  readonly x: Float32Array;
  readonly outputs: number;
}

/** Odd sizes, one pixel, channel counts beside those of vectors, every attribute. */
export const QUANTIZED_CONV2D_CASES: readonly QuantizedConv2dCase[] = [
  { n: 1, h: 1, w: 1, cout: 32, k: [5, 5], activation: 'relu' },
  { n: 1, h: 1, w: 1, cout: 1, k: [1, 1] },
  { n: 1, h: 13, w: 17, cout: 32, k: [5, 5], activation: 'relu' },
  { n: 1, h: 7, w: 641, cout: 16, k: [5, 5], activation: 'relu', yZeroPoint: 3 },
  { n: 1, h: 641, w: 2, cout: 64, k: [5, 5] },
  { n: 2, h: 5, w: 4, cout: 48, k: [3, 3], activation: 'relu' },
  { n: 3, h: 3, w: 9, cout: 33, k: [7, 1], yZeroPoint: 128 },
  { n: 1, h: 6, w: 11, cout: 7, k: [1, 9], xLevels: 1020, yZeroPoint: 255 },
  { n: 1, h: 9, w: 10, cout: 100, k: [5, 3], xLevels: 30_000.5 },
];

/** The head of the light network at 640×360. */
export const QUANTIZED_CONV2D_BENCH: QuantizedConv2dCase = {
  n: 1,
  h: 360,
  w: 640,
  cout: 32,
  k: [5, 5],
  activation: 'relu',
};

/** Random samples and constants for a case, some samples beyond all limits, such that outputs reach all codes. */
export function quantizedConv2dData(from: QuantizedConv2dCase, seed: number): QuantizedConv2dData {
  const next = random(seed);
  const { n, h, w, cout, k, xLevels = 255 * 64, activation = 'none', yZeroPoint = 0 } = from;
  const terms = k[0] * k[1];
  // As large as the limit of sums allows.
  const most = Math.min(32_767, Math.floor(65_535 / terms));
  const weights = Int16Array.from({ length: cout * terms }, () => Math.round((2 * next() - 1) * most));
  const spread = 600 / (most * Math.sqrt(terms) * xLevels);
  return {
    description: {
      w: weights,
      cout,
      kH: k[0],
      kW: k[1],
      scale: Float32Array.from({ length: cout }, () => spread * (0.5 + next())),
      bias: Float32Array.from({ length: cout }, () => 255 * next() - yZeroPoint),
      xLevels,
      activation,
      yZeroPoint,
    },
    x: Float32Array.from({ length: n * h * w }, () => {
      const roll = next();
      return roll < 0.01 ? 5 - 10 * next() : roll < 0.02 ? Math.floor(1024 * next()) / 1020 : next();
    }),
    outputs: n * h * w * cout,
  };
}

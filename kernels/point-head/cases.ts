import { random } from '../adder2d/cases';
import type { PointHeadDescription } from './attributes';
import type { PointHeadWork } from './reference';

/** A node and the size of what it is run on; tests and benchmarks share these. */
export interface PointHeadCase {
  readonly maps: PointHeadDescription['maps'];
  readonly coarseMaps: number;
  readonly shapeValues: number;
  /** Outputs of the layers before the last. */
  readonly hidden: readonly number[];
  /** Of the picture; maps have this over their stride. */
  readonly width: number;
  readonly height: number;
  readonly count: number;
}

/** Deep Snake's own sizes. */
export const DEEP_SNAKE = {
  maps: [
    { channels: 64, stride: 4 },
    { channels: 16, stride: 2 },
    { channels: 2, stride: 4 },
  ],
  coarseMaps: 1,
  shapeValues: 5,
  hidden: [64, 64, 64],
} as const;

/** Deep Snake's, and odd ones: counts beside those of blocks, channels beside those of vectors, no coarse values at all. */
export const POINT_HEAD_CASES: readonly PointHeadCase[] = [
  ...[1, 47, 48, 49, 200].map((count) => ({ ...DEEP_SNAKE, width: 64, height: 32, count })),
  {
    maps: [{ channels: 3, stride: 1 }],
    coarseMaps: 0,
    shapeValues: 0,
    hidden: [],
    width: 5,
    height: 1,
    count: 9,
  },
  { ...DEEP_SNAKE, maps: [{ channels: 17, stride: 8 }], hidden: [5, 9], width: 8, height: 24, count: 100 },
  { ...DEEP_SNAKE, coarseMaps: 3, hidden: [7], width: 20, height: 12, count: 60 },
];

/** Five objects of a 512×288 picture, a step of their grids. */
export const POINT_HEAD_BENCH: PointHeadCase = { ...DEEP_SNAKE, width: 512, height: 288, count: 5 * 784 };

/** Random weights, maps, and places of which some lie beyond the borders. */
export function pointHeadData(
  { maps, coarseMaps, shapeValues, hidden, width, height, count }: PointHeadCase,
  seed: number,
): { readonly description: PointHeadDescription; readonly work: PointHeadWork } {
  const next = random(seed);
  const floats = (length: number, spread: number): Float32Array =>
    Float32Array.from({ length }, () => spread * (next() - 0.5));
  const channels = (list: typeof maps): number => list.reduce((sum, map) => sum + map.channels, 0);
  const coarse = channels(maps.slice(maps.length - coarseMaps)) + shapeValues;
  let before = channels(maps) + shapeValues - coarse;
  const layers = [...hidden, 1].map((outputs) => {
    const inputs = before + coarse;
    before = outputs;
    return { w: floats(outputs * inputs, 4 / Math.sqrt(inputs)), bias: floats(outputs, 1) };
  });
  return {
    description: { maps, coarseMaps, shapeValues, layers },
    work: {
      maps: maps.map(({ channels: depth, stride }) => {
        const [h, w] = [Math.ceil(height / stride), Math.ceil(width / stride)];
        return { data: floats(h * w * depth, 2), h, w };
      }),
      points: Float32Array.from({ length: 2 * count }, (_, index) => {
        const side = index % 2 === 0 ? width : height;
        return side * (1.2 * next() - 0.1);
      }),
      shape: floats(count * shapeValues, 2),
      count,
      y: new Float32Array(count),
    },
  };
}

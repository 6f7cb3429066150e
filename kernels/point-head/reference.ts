import type { PointHeadLayer } from './attributes';

/** A map as a node gets it. */
export interface PointMap {
  /** [h, w, channels] */
  readonly data: Float32Array;
  readonly h: number;
  readonly w: number;
}

/** One node's work, all lengths checked. */
export interface PointHeadWork {
  readonly maps: readonly PointMap[];
  /** [count, 2] in input pixels */
  readonly points: Float32Array;
  /** [count, shapeValues] */
  readonly shape: Float32Array;
  readonly count: number;
  /** [count] */
  readonly y: Float32Array;
}

const { fround } = Math;

/** What `PointHead` means (kernels/README.md), one point after the other. */
export function referencePointHead(
  layer: PointHeadLayer,
  { maps, points, shape, count, y }: PointHeadWork,
): void {
  const { coarseMaps, shapeValues, layers } = layer;
  for (let point = 0; point < count; point++) {
    const sampled = maps.map((map, index) => {
      const { channels = 0, stride = 1 } = layer.maps[index] ?? {};
      return sample(map, channels, stride, points[2 * point] ?? 0, points[2 * point + 1] ?? 0);
    });
    const coarse = [
      ...sampled.slice(maps.length - coarseMaps).flat(),
      ...shape.subarray(point * shapeValues, (point + 1) * shapeValues),
    ];
    let values = sampled.slice(0, maps.length - coarseMaps).flat();
    for (const [index, { w, bias }] of layers.entries()) {
      const inputs = [...values, ...coarse];
      values = Array.from(bias, (start, output) => {
        const sum = inputs.reduce(
          (total, value, input) => fround(total + fround((w[output * inputs.length + input] ?? 0) * value)),
          start,
        );
        return index < layers.length - 1 && !(sum > 0) ? 0 : sum;
      });
    }
    y[point] = values[0] ?? 0;
  }
}

function sample({ data, h, w }: PointMap, channels: number, stride: number, x: number, y: number): number[] {
  const across = place(x, stride, w);
  const down = place(y, stride, h);
  const at = (row: number, column: number, channel: number): number =>
    data[(row * w + column) * channels + channel] ?? 0;
  return Array.from({ length: channels }, (_, channel) => {
    const [upper, lower] = [down.low, down.high].map((row) =>
      between(at(row, across.low, channel), at(row, across.high, channel), across.share),
    );
    return between(upper ?? 0, lower ?? 0, down.share);
  });
}

/** The two places of an axis that a coordinate is between, and how far it is from the lower. */
function place(
  at: number,
  stride: number,
  length: number,
): { readonly low: number; readonly high: number; readonly share: number } {
  const exact = fround(fround(at * fround(1 / stride)) - 0.5);
  const inside = Math.min(exact > 0 ? exact : 0, length - 1);
  const low = Math.floor(inside);
  return { low, high: Math.min(low + 1, length - 1), share: fround(inside - low) };
}

function between(a: number, b: number, share: number): number {
  return fround(a + fround(share * fround(b - a)));
}

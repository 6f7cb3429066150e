import { exponential } from '../exponential';
import { filteredShape, type DynamicFilter2dDescription } from './attributes';

/** One node's work, all lengths checked. */
export interface DynamicFilter2dWork {
  /** [n, c, h, w] */
  readonly x: Float32Array;
  /** [n, groups · side², h′, w′] */
  readonly logits: Float32Array;
  readonly n: number;
  readonly c: number;
  readonly h: number;
  readonly w: number;
  /** [n, c, h′, w′] */
  readonly y: Float32Array;
}

const { fround } = Math;

/** What `DynamicFilter2d` means (kernels/README.md), one output element after the other. */
export function referenceDynamicFilter2d(
  layer: DynamicFilter2dDescription,
  { x, logits, n, c, h, w, y }: DynamicFilter2dWork,
): void {
  const { groups, side, stride } = layer;
  const { height, width } = filteredShape(layer, h, w);
  const area = height * width;
  const taps = side ** 2;
  const channels = c / groups;
  const reach = side >> 1;
  for (let group = 0; group < n * groups; group++)
    for (let place = 0; place < area; place++) {
      const weights = softmax(
        Array.from({ length: taps }, (_, tap) => logits[(group * taps + tap) * area + place] ?? 0),
      );
      const row = Math.floor(place / width) * stride;
      const column = (place % width) * stride;
      for (let channel = group * channels; channel < (group + 1) * channels; channel++) {
        let sum = 0;
        for (let tap = 0; tap < taps; tap++) {
          const fromRow = reflected(row + Math.floor(tap / side) - reach, h);
          const fromColumn = reflected(column + (tap % side) - reach, w);
          const sample = x[(channel * h + fromRow) * w + fromColumn] ?? 0;
          const product = fround((weights[tap] ?? 0) * sample);
          sum = tap === 0 ? product : fround(sum + product);
        }
        y[channel * area + place] = sum;
      }
    }
}

function softmax(logits: readonly number[]): number[] {
  const most = logits.reduce((best, logit) => (logit > best ? logit : best));
  const powers = logits.map((logit) => exponential(fround(logit - most)));
  const inverse = fround(1 / powers.reduce((sum, power) => fround(sum + power)));
  return powers.map((power) => fround(power * inverse));
}

/** The place of a sample beyond the edge, which is not repeated. */
function reflected(place: number, length: number): number {
  const back = Math.abs(place);
  return back < length ? back : 2 * (length - 1) - back;
}

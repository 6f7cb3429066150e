import type { SubpixelConv2dLayer } from './attributes';
import { bicubicTaps } from './bicubic-taps';

/** One layer's work: images in NHWC and planes to planes, all lengths checked. */
export interface SubpixelConv2dWork {
  readonly x: Uint8Array;
  readonly skip: Float32Array;
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly y: Float32Array;
}

const { fround } = Math;

/** What `SubpixelConv2d` means (kernels/README.md), one output element after the other. */
export function referenceSubpixelConv2d(layer: SubpixelConv2dLayer, work: SubpixelConv2dWork): void {
  const { blockSize } = layer;
  const { n, h, w } = work;
  for (let image = 0; image < n; image++) {
    const plane = work.skip.subarray(image * h * w, (image + 1) * h * w);
    const down = enlarged(plane, h, w, w, 1, layer);
    const both = enlarged(down, w, h * blockSize, 1, w, layer);
    for (let row = 0; row < h * blockSize; row++)
      for (let column = 0; column < w * blockSize; column++) {
        const output = (row % blockSize) * blockSize + (column % blockSize);
        const from = { image, row: Math.floor(row / blockSize), column: Math.floor(column / blockSize) };
        let t = fround(fround(sum(layer, work, from, output)) * (layer.scale[output] ?? 0));
        t = fround(t + (layer.bias[output] ?? 0));
        const at = row * w * blockSize + column;
        work.y[image * h * w * blockSize ** 2 + at] = fround(t + (both[at] ?? 0));
      }
  }
}

function sum(
  { w: weights, kH, kW, cin, xZeroPoint }: SubpixelConv2dLayer,
  { x, h, w }: SubpixelConv2dWork,
  from: { readonly image: number; readonly row: number; readonly column: number },
  output: number,
): number {
  let total = 0;
  for (let i = 0; i < kH; i++)
    for (let j = 0; j < kW; j++) {
      const row = from.row + i - (kH >> 1);
      const column = from.column + j - (kW >> 1);
      if (row < 0 || row >= h || column < 0 || column >= w) continue;
      const code = ((from.image * h + row) * w + column) * cin;
      const weight = ((output * kH + i) * kW + j) * cin;
      for (let channel = 0; channel < cin; channel++)
        total += ((x[code + channel] ?? 0) - xZeroPoint) * (weights[weight + channel] ?? 0);
    }
  return total;
}

/**
 * `plane` enlarged along one axis of `length` samples that lie `stride` apart; the other axis has
 * `lines`, `lineStride` apart. Four products, added up from the first on.
 */
function enlarged(
  plane: Float32Array,
  length: number,
  lines: number,
  stride: number,
  lineStride: number,
  { blockSize, tapWeights }: SubpixelConv2dLayer,
): Float32Array {
  const result = new Float32Array(plane.length * blockSize);
  // Lines across an axis of stride 1 move apart as rows grow longer.
  const resultLineStride = stride === 1 ? lineStride * blockSize : lineStride;
  for (let line = 0; line < lines; line++)
    for (let i = 0; i < length * blockSize; i++) {
      const phase = i % blockSize;
      const start = Math.floor(i / blockSize) + bicubicTaps(phase, blockSize).first;
      let total = 0;
      for (let tap = 0; tap < 4; tap++) {
        const sample = Math.min(Math.max(start + tap, 0), length - 1);
        const product = fround(
          (tapWeights[4 * phase + tap] ?? 0) * (plane[line * lineStride + sample * stride] ?? 0),
        );
        total = tap === 0 ? product : fround(total + product);
      }
      result[line * resultLineStride + i * stride] = total;
    }
  return result;
}

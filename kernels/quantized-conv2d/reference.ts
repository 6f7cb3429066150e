import { rint } from '../adder2d/reference';
import type { QuantizedConv2dLayer } from './attributes';

/** One layer's work: float planes to images in NHWC, all lengths checked. */
export interface QuantizedConv2dWork {
  readonly x: Float32Array;
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly y: Uint8Array;
}

const { fround } = Math;
const MOST_WHOLE = 32_767;

/** What `QuantizedConv2d` means (kernels/README.md), one output element after the other. */
export function referenceQuantizedConv2d(layer: QuantizedConv2dLayer, work: QuantizedConv2dWork): void {
  const { cout, kH, kW, activation, yZeroPoint } = layer;
  const { n, h, w } = work;
  const whole = Int32Array.from(work.x, (value) => toWhole(value, layer.xLevels));
  let at = 0;
  for (let image = 0; image < n; image++)
    for (let row = 0; row < h; row++)
      for (let column = 0; column < w; column++)
        for (let channel = 0; channel < cout; channel++, at++) {
          let sum = 0;
          for (let i = 0; i < kH; i++)
            for (let j = 0; j < kW; j++) {
              const y = row + i - (kH >> 1);
              const x = column + j - (kW >> 1);
              if (y < 0 || y >= h || x < 0 || x >= w) continue;
              sum += (whole[(image * h + y) * w + x] ?? 0) * (layer.w[(channel * kH + i) * kW + j] ?? 0);
            }
          let t = fround(fround(sum) * (layer.scale[channel] ?? 0));
          t = fround(t + (layer.bias[channel] ?? 0));
          if (activation === 'relu') t = t > 0 ? t : 0;
          work.y[at] = Math.min(255, Math.max(0, rint(t) + yZeroPoint));
        }
}

function toWhole(value: number, levels: number): number {
  const t = fround(value * levels);
  return t > -MOST_WHOLE ? rint(Math.min(t, MOST_WHOLE)) : -MOST_WHOLE;
}

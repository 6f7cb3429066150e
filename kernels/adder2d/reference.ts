import { outputShape, type Adder2dLayer } from './attributes';

/** One layer's work: images in NHWC, all lengths checked. */
export interface Adder2dWork {
  readonly x: Uint8Array;
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly residual?: Uint8Array;
  readonly y: Uint8Array | Float32Array;
}

const { fround } = Math;

/** What `Adder2d` means (kernels/README.md), one output element after the other. */
export function referenceAdder2d(layer: Adder2dLayer, work: Adder2dWork): void {
  const { cout, cin, kH, kW } = layer;
  const { height, width } = outputShape(layer, work.h, work.w);
  const terms = kH * kW * cin;
  const window = new Uint8Array(terms);
  let at = 0;
  for (let image = 0; image < work.n; image++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        readWindow(layer, work, image, row, column, window);
        for (let channel = 0; channel < cout; channel++, at++) {
          let sum = 0;
          for (let term = 0, weight = channel * terms; term < terms; term++, weight++)
            sum += Math.abs((window[term] ?? 0) - (layer.w[weight] ?? 0));
          const t = activated(layer, sum, channel, work.residual?.[at]);
          work.y[at] = layer.to === 'float32' ? t : code(t, layer.yZeroPoint);
        }
      }
}

/** The codes under the filter, [kH, kW, cin]. */
function readWindow(
  layer: Adder2dLayer,
  { x, h, w }: Adder2dWork,
  image: number,
  row: number,
  column: number,
  window: Uint8Array,
): void {
  const { cin, kH, kW } = layer;
  window.fill(layer.padCode);
  const left = column * layer.strideW - layer.padLeft;
  const from = Math.max(0, -left);
  const to = Math.min(kW, w - left);
  for (let tap = 0; tap < kH; tap++) {
    const source = row * layer.strideH - layer.padTop + tap;
    if (source < 0 || source >= h || from >= to) continue;
    const start = ((image * h + source) * w + left + from) * cin;
    window.set(x.subarray(start, start + (to - from) * cin), (tap * kW + from) * cin);
  }
}

/** The epilogue up to the activation; every operation rounds to single precision. */
function activated(layer: Adder2dLayer, sum: number, channel: number, residual: number | undefined): number {
  let t = fround(sum * (layer.scale[channel] ?? 0));
  t = fround(t + (layer.bias[channel] ?? 0));
  if (residual !== undefined) t = fround(t + fround(residual * layer.residualScale));
  if (layer.activation === 'relu') t = t > 0 ? t : 0;
  else if (layer.activation === 'prelu') t = t < 0 ? fround(t * (layer.slope?.[channel] ?? 0)) : t;
  if (layer.power === 1) return t;
  return t === 0 ? 0 : fround(layer.powerGain * Math.sign(t) * fround(Math.abs(t) ** layer.power));
}

function code(t: number, zeroPoint: number): number {
  return Math.min(255, Math.max(0, rint(t) + zeroPoint));
}

/** Rounds to whole numbers, half to even, as processors do. */
export function rint(t: number): number {
  const below = Math.floor(t);
  const part = t - below;
  if (part !== 0.5) return part < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

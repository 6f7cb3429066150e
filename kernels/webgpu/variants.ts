import type { Adder2dLayer } from '../adder2d/attributes';

/** What of an adapter decides which kernels it runs. */
export interface GpuAbilities {
  /** 16-bit floats in shaders (`shader-f16`). */
  readonly halfFloats: boolean;
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
}

/** A version of Adder2d and how it is cut. */
export type Adder2dVariant =
  | { readonly name: 'generic' }
  | {
      readonly name: 'tile-f32' | 'tile-f16';
      /** Words of four input channels that a workgroup holds at once. */
      readonly chunk: number;
      /** Words after which 16-bit sums are widened. */
      readonly spill: number;
    };

/** Of tile.wgsl. */
const TILE = { width: 32, height: 8, invocations: 256, mostWords: 8 } as const;
/** Sums of four differences that 16 bits hold: 64 · 4 · 255 < 2^16. */
const MOST_SUMS = 64;

/** The version of Adder2d for a layer on an adapter. */
export function adder2dVariant(layer: Adder2dLayer, abilities: GpuAbilities): Adder2dVariant {
  const { cin, cout, kH, kW, strideH, strideW, to } = layer;
  const fits =
    strideH === 1 &&
    strideW === 1 &&
    to === 'uint8' &&
    cin % 4 === 0 &&
    cout % 8 === 0 &&
    kH * kW <= MOST_SUMS;
  if (!fits || abilities.maxComputeInvocationsPerWorkgroup < TILE.invocations) return { name: 'generic' };
  const rowBytes = 4 * (Math.ceil((TILE.width + kW - 1) / 4) * 4 + 1);
  const wordBytes = rowBytes * (TILE.height + kH - 1);
  const most = Math.min(TILE.mostWords, Math.floor(abilities.maxComputeWorkgroupStorageSize / wordBytes));
  if (most < 1) return { name: 'generic' };
  const chunk = largestDivisor(cin / 4, most);
  const spill = largestDivisor(chunk, Math.floor(MOST_SUMS / (kH * kW)));
  return { name: abilities.halfFloats ? 'tile-f16' : 'tile-f32', chunk, spill };
}

function largestDivisor(of: number, most: number): number {
  for (let divisor = Math.min(of, most); divisor > 1; divisor--) if (of % divisor === 0) return divisor;
  return 1;
}

/** Points that a workgroup takes through PointHead's layers together, each with so many floats of its memory. */
export function pointsAtOnce(floats: number, { maxComputeWorkgroupStorageSize }: GpuAbilities): number {
  return Math.max(1, Math.min(8, Math.floor(maxComputeWorkgroupStorageSize / (4 * floats))));
}

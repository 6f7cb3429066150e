import { lumaOfRgb, ssim } from '../metrics';
import type { RgbImage } from '../read-image';
import type { Picture } from './picture';

/**
 * A pixel moves where the BT.601 luma (16–235) of the inputs on both sides of it, each smoothed by a mean over
 * 5×5 pixels (fewer at the border), differs by more than this: above a codec's noise, below any edge that moves.
 */
export const MOVING_THRESHOLD = 4;
const SMOOTH_RADIUS = 2;

/** Squared errors: their sum and how many there are. */
export interface SquaredError {
  readonly sum: number;
  readonly count: number;
}

/** PSNR in dB for a peak of 255; Infinity for no error at all. */
export function psnrOf({ sum, count }: SquaredError): number {
  return 10 * Math.log10(255 ** 2 / (sum / count));
}

/** Over all pixels and the three components, or where `mask` is 1. */
export function squaredError(
  picture: Picture,
  truth: RgbImage,
  mask: Uint8Array | null = null,
): SquaredError {
  let sum = 0;
  let count = 0;
  for (let index = 0; index < truth.data.length; index++) {
    if (mask !== null && mask[Math.trunc(index / 3)] === 0) continue;
    const difference = (picture.data[index] ?? 0) - (truth.data[index] ?? 0);
    sum += difference * difference;
    count++;
  }
  return { sum, count };
}

/** SSIM on BT.601 luma (16–235), over the whole picture. */
export function lumaSsim(picture: Picture, truth: RgbImage): number {
  const { width, height } = truth;
  const luma = (data: ArrayLike<number>): { width: number; height: number; data: Float64Array } => ({
    width,
    height,
    data: lumaOfRgb(data, width, height),
  });
  return ssim(luma(picture.data), luma(truth.data), 0);
}

/** 1 for every pixel that moves from `before` to `after`, 0 elsewhere. */
export function movingArea(before: RgbImage, after: RgbImage): Uint8Array {
  const { width, height } = before;
  const first = lumaOfRgb(before.data, width, height);
  const second = lumaOfRgb(after.data, width, height);
  // The mean is linear: of the difference it is the difference of the means.
  const smooth = boxMean(
    first.map((value, index) => value - (second[index] ?? 0)),
    width,
    height,
  );
  return Uint8Array.from(smooth, (value) => (Math.abs(value) > MOVING_THRESHOLD ? 1 : 0));
}

/**
 * How much changes over time that should not, or the other way round: the mean over all samples of
 * |(output − output before) − (truth − truth before)|, in levels of 255. An error that stays the same counts nothing.
 */
export function flicker(before: Picture, picture: Picture, truthBefore: RgbImage, truth: RgbImage): number {
  let sum = 0;
  for (let index = 0; index < truth.data.length; index++) {
    const now = (picture.data[index] ?? 0) - (truth.data[index] ?? 0);
    sum += Math.abs(now - (before.data[index] ?? 0) + (truthBefore.data[index] ?? 0));
  }
  return sum / truth.data.length;
}

/** Mean over (2r+1)² pixels, r = SMOOTH_RADIUS, over those inside at the border. */
function boxMean(values: Float64Array, width: number, height: number): Float64Array {
  const across = new Float64Array(values.length);
  const result = new Float64Array(values.length);
  slidingMean(values, across, { lines: height, length: width, lineStride: width, stride: 1 });
  slidingMean(across, result, { lines: width, length: height, lineStride: 1, stride: width });
  return result;
}

function slidingMean(
  from: Float64Array,
  to: Float64Array,
  axis: {
    readonly lines: number;
    readonly length: number;
    readonly lineStride: number;
    readonly stride: number;
  },
): void {
  const { lines, length, lineStride, stride } = axis;
  for (let line = 0; line < lines; line++) {
    const at = (index: number): number => line * lineStride + index * stride;
    for (let index = 0; index < length; index++) {
      const first = Math.max(0, index - SMOOTH_RADIUS);
      const last = Math.min(length - 1, index + SMOOTH_RADIUS);
      let sum = 0;
      for (let tap = first; tap <= last; tap++) sum += from[at(tap)] ?? 0;
      to[at(index)] = sum / (last - first + 1);
    }
  }
}

import { rint } from '../adder2d/reference';
import type { Codes } from '../checks';
import { WEIGHT_BITS, type ResizeAxis } from './resize-table';

const { fround } = Math;

/** Fraction bits fill codes up to this between the passes. */
const MIDDLE_BITS = 14;

export interface ResizeWork {
  readonly source: Codes;
  readonly width: number;
  readonly height: number;
  readonly target: Codes;
  readonly horizontal: ResizeAxis;
  readonly vertical: ResizeAxis;
  /** Bits of the largest code. */
  readonly bits: number;
  readonly maxCode: number;
}

/** Rows, then columns, in whole numbers; each pass rounds half up. */
export function referenceResize(work: ResizeWork): void {
  const { source, width, height, target, horizontal, vertical, bits, maxCode } = work;
  const fraction = Math.max(0, MIDDLE_BITS - bits);
  const middle = new Int32Array(horizontal.count * height);
  const across = WEIGHT_BITS - fraction;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < horizontal.count; x++) {
      let sum = 1 << (across - 1);
      for (let tap = 0; tap < horizontal.taps; tap++) {
        const from = clamp((horizontal.starts[x] ?? 0) + tap, width);
        sum += (horizontal.weights[x * horizontal.taps + tap] ?? 0) * (source[y * width + from] ?? 0);
      }
      middle[y * horizontal.count + x] = sum >> across;
    }
  const down = WEIGHT_BITS + fraction;
  for (let y = 0; y < vertical.count; y++)
    for (let x = 0; x < horizontal.count; x++) {
      let sum = 1 << (down - 1);
      for (let tap = 0; tap < vertical.taps; tap++) {
        const from = clamp((vertical.starts[y] ?? 0) + tap, height);
        sum += (vertical.weights[y * vertical.taps + tap] ?? 0) * (middle[from * horizontal.count + x] ?? 0);
      }
      target[y * horizontal.count + x] = Math.min(maxCode, Math.max(0, sum >> down));
    }
}

export interface ToFloatWork {
  readonly source: Codes;
  readonly target: Float32Array;
  readonly scale: number;
  readonly offset: number;
}

/** target = source · scale + offset, each rounded to single precision. */
export function referencePlaneToFloat({ source, target, scale, offset }: ToFloatWork): void {
  for (let i = 0; i < source.length; i++)
    target[i] = fround(fround((source[i] ?? 0) * fround(scale)) + fround(offset));
}

export interface ToPlaneWork {
  readonly source: Float32Array;
  readonly target: Codes;
  readonly scale: number;
  readonly offset: number;
  readonly minCode: number;
  readonly maxCode: number;
}

/** target = clamp(rint(source · scale + offset)). Returns how many of source are not finite; NaN gives minCode. */
export function referenceFloatToPlane(work: ToPlaneWork): number {
  const { source, target, scale, offset, minCode, maxCode } = work;
  let odd = 0;
  for (let i = 0; i < source.length; i++) {
    const value = source[i] ?? 0;
    if (!Number.isFinite(value)) odd++;
    const t = fround(fround(value * fround(scale)) + fround(offset));
    target[i] = t > minCode ? rint(Math.min(t, maxCode)) : minCode;
  }
  return odd;
}

function clamp(index: number, count: number): number {
  return Math.min(Math.max(index, 0), count - 1);
}

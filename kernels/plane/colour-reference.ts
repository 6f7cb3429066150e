import { rint } from '../adder2d/reference';
import type { Codes } from '../checks';
import type { LinearAxis } from './chroma-axis';

const { fround } = Math;

/** How codes relate to colours, all in single precision; `colour-work.ts` makes it. */
export interface ColourFactors {
  /** luma = code · lumaScale + lumaOffset, 0 for black and 1 for white; so for chroma, −½ to ½. */
  readonly lumaScale: number;
  readonly lumaOffset: number;
  readonly chromaScale: number;
  readonly chromaOffset: number;
  /** red = luma + redFromRed · Cr; green = luma + greenFromBlue · Cb + greenFromRed · Cr; blue = luma + blueFromBlue · Cb. */
  readonly redFromRed: number;
  readonly greenFromBlue: number;
  readonly greenFromRed: number;
  readonly blueFromBlue: number;
  /** luma = red · R + green · G + blue · B. */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** Cb = (B − luma) · blueSpread, Cr = (R − luma) · redSpread. */
  readonly blueSpread: number;
  readonly redSpread: number;
  /** code = luma · lumaSpan + lumaZero, chroma · chromaSpan + chromaZero, clamped to 0 … most. */
  readonly lumaSpan: number;
  readonly lumaZero: number;
  readonly chromaSpan: number;
  readonly chromaZero: number;
  readonly most: number;
}

export interface ColourWork {
  /** One of luma, or three: luma, Cb, Cr. */
  readonly planes: readonly Codes[];
  /** [3, height, width]: red, green, blue. */
  readonly rgb: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly chromaWidth: number;
  readonly chromaHeight: number;
  readonly factors: ColourFactors;
  /** Luma samples out of chroma samples, or the other way round. */
  readonly across: LinearAxis;
  readonly down: LinearAxis;
}

/** Codes to colours: chroma between rows, then between columns, then the matrix; every operation rounds. */
export function referencePlanesToRgb(work: ColourWork): void {
  const { planes, rgb, width, height, chromaWidth, factors: f, across, down } = work;
  const [luma, ...chroma] = planes;
  const area = width * height;
  for (let y = 0; y < height; y++) {
    const rows = chroma.map((plane) =>
      Float32Array.from({ length: chromaWidth }, (_, x) =>
        weighted(down, y, (row) => plane[row * chromaWidth + x] ?? 0),
      ),
    );
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const light = affine(luma?.[at] ?? 0, f.lumaScale, f.lumaOffset);
      const [b, r] = rows.map((row) =>
        affine(
          weighted(across, x, (column) => row[column] ?? 0),
          f.chromaScale,
          f.chromaOffset,
        ),
      );
      rgb[at] = r === undefined ? light : affine(r, f.redFromRed, light);
      rgb[area + at] =
        b === undefined || r === undefined
          ? light
          : fround(affine(b, f.greenFromBlue, light) + fround(r * f.greenFromRed));
      rgb[2 * area + at] = b === undefined ? light : affine(b, f.blueFromBlue, light);
    }
  }
}

/** Colours to codes: the matrix, then chroma across, then down. Returns how many pixels are not finite. */
export function referenceRgbToPlanes(work: ColourWork): number {
  const { planes, rgb, width, height, chromaWidth, chromaHeight, factors: f, across, down } = work;
  const [luma, ...chroma] = planes;
  const area = width * height;
  const light = new Float32Array(area);
  let odd = 0;
  for (let at = 0; at < area; at++) {
    const [r, g, b] = [rgb[at] ?? 0, rgb[area + at] ?? 0, rgb[2 * area + at] ?? 0];
    if (![r, g, b].every(Number.isFinite)) odd++;
    light[at] = fround(fround(fround(r * f.red) + fround(g * f.green)) + fround(b * f.blue));
    if (luma) luma[at] = code(affine(light[at] ?? 0, f.lumaSpan, f.lumaZero), f.most);
  }
  for (const [index, plane] of chroma.entries()) {
    const colours = rgb.subarray(index === 0 ? 2 * area : 0);
    const spread = index === 0 ? f.blueSpread : f.redSpread;
    const rows = new Float32Array(chromaWidth * height);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < chromaWidth; x++)
        rows[y * chromaWidth + x] = summed(across, x, (column) => {
          const at = y * width + column;
          return fround(fround((colours[at] ?? 0) - (light[at] ?? 0)) * spread);
        });
    for (let y = 0; y < chromaHeight; y++)
      for (let x = 0; x < chromaWidth; x++) {
        const value = summed(down, y, (row) => rows[row * chromaWidth + x] ?? 0);
        plane[y * chromaWidth + x] = code(affine(value, f.chromaSpan, f.chromaZero), f.most);
      }
  }
  return odd;
}

function affine(value: number, scale: number, offset: number): number {
  return fround(fround(value * scale) + offset);
}

function code(value: number, most: number): number {
  return value > 0 ? rint(Math.min(value, most)) : 0;
}

/** Between two samples. Beyond the axis' end weights are 0. */
function weighted(axis: LinearAxis, i: number, sample: (index: number) => number): number {
  const start = axis.starts[i] ?? 0;
  if (axis.taps === 1) return fround(sample(start));
  const [first = 0, second = 0] = axis.weights.subarray(2 * i);
  return fround(fround(sample(start) * first) + (second === 0 ? 0 : fround(sample(start + 1) * second)));
}

function summed(axis: LinearAxis, i: number, sample: (index: number) => number): number {
  let sum = 0;
  for (let tap = 0; tap < axis.taps; tap++) {
    const weight = axis.weights[i * axis.taps + tap] ?? 0;
    if (weight !== 0) sum = fround(sum + fround(weight * sample((axis.starts[i] ?? 0) + tap)));
  }
  return sum;
}

import { random } from '../../adder2d/cases';
import type { PictureCoding } from '../../plane/colour-work';
import { GpuBilinear } from '../bilinear';
import { GpuColour } from '../colour';
import { codesToFloatStep } from '../planes';
import { Bench } from './bench';
import type { SelfTest } from './self-test';

/** A frame's codes, and those of what is made of them, small enough for planes to begin where bindings may. */
const SOURCE = { width: 37, height: 23 } as const;
const SMALL = { width: 16, height: 16 } as const;
const CHROMA = { width: 8, height: 8 } as const;
const PLANES = [SMALL, CHROMA, CHROMA] as const;
const SAMPLES = SMALL.width * SMALL.height;
/** Floats of red, green and blue, then the codes of luma, Cb and Cr as floats. */
const OFFSETS = [3 * SAMPLES, 4 * SAMPLES, 4 * SAMPLES + 64] as const;
const COUNT = 4 * SAMPLES + 128;

function coding(size: { readonly width: number; readonly height: number }): PictureCoding {
  return {
    ...{ ...size, chromaShiftX: 1, chromaShiftY: 1, siteX: 0, siteY: 0.5 },
    ...{ red: 0.2126, blue: 0.0722, black: 64, white: 940 },
    ...{ chromaZero: 512, chromaSpan: 896, most: 1023 },
  };
}

function codes(): readonly Uint16Array[] {
  const next = random(1);
  const chroma = ((SOURCE.width + 1) >> 1) * ((SOURCE.height + 1) >> 1);
  return [SOURCE.width * SOURCE.height, chroma, chroma].map((length) =>
    Uint16Array.from({ length }, () => Math.floor(1024 * next())),
  );
}

/** 10-bit codes to red, green and blue, smaller, and back to codes. */
export const COLOURS: SelfTest = {
  what: 'colours',
  tolerance: 0,
  onCpu: async (kernels) => {
    const whole = new Float32Array(3 * SOURCE.width * SOURCE.height);
    await kernels.planesToRgb(codes(), whole, coding(SOURCE));
    const result = new Float32Array(COUNT);
    const small = result.subarray(0, 3 * SAMPLES);
    await kernels.resizeBilinear({
      ...{ source: whole, planes: 3, ...SOURCE },
      ...{ target: small, targetWidth: SMALL.width, targetHeight: SMALL.height },
      ...{ stride: SMALL.width, rows: SMALL.height },
    });
    const made = PLANES.map(({ width, height }) => new Uint16Array(width * height));
    await kernels.rgbToPlanes(small, made, coding(SMALL));
    for (const [index, plane] of made.entries()) result.set(plane, OFFSETS[index]);
    return result;
  },
  onGpu: (programs) => {
    const bench = new Bench(programs);
    const planes = codes().map((plane) => bench.input(plane));
    const whole = bench.buffer(12 * SOURCE.width * SOURCE.height);
    const result = bench.buffer(4 * COUNT);
    const small = { ...result, size: 12 * SAMPLES };
    const made = PLANES.map(({ width, height }) => bench.buffer(2 * width * height));
    const toRgb = GpuColour.toRgb(programs, coding(SOURCE), { planes, rgb: whole, wide: true });
    const resize = new GpuBilinear(programs, { ...whole, ...SOURCE }, { ...small, ...SMALL }, SMALL);
    const picture = { planes: made, rgb: small, wide: true };
    const toPlanes = GpuColour.toPlanes(programs, coding(SMALL), picture, bench.buffer(4));
    const shown = PLANES.map((size, index) => {
      const plane = { codes: made[index] ?? small, ...size, wide: true };
      const target = { ...result, offset: 4 * (OFFSETS[index] ?? 0), size: 4 * size.width * size.height };
      return codesToFloatStep(programs, plane, { x: 0, y: 0, ...size }, target, 1, 0);
    });
    for (const tables of [toRgb, resize, toPlanes]) bench.own(tables);
    return bench.test([...toRgb.steps, ...resize.steps, ...toPlanes.steps, ...shown], result, COUNT);
  },
};

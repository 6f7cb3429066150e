import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels, type PictureCoding } from '..';
import { random } from '../adder2d/cases';
import type { Codes } from '../checks';
import { downAxis, upAxis, type LinearAxis } from './chroma-axis';

const levels = compiledKernels();
const every = ['reference', ...levels] as const;
const seed = Number(process.env['CLEARCUT_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`colour: seed ${seed}`);

const SITES = [0, 0.5, 1] as const;
const WEIGHTS = [
  [0.299, 0.114],
  [0.2126, 0.0722],
  [0.2627, 0.0593],
] as const;

/** Any layout, matrix, range and depth, of an odd or even size. */
const codings = fc
  .record({
    width: fc.integer({ min: 1, max: 41 }),
    height: fc.integer({ min: 1, max: 23 }),
    shifts: fc.constantFrom([0, 0], [1, 0], [1, 1]),
    siteX: fc.constantFrom(...SITES),
    siteY: fc.constantFrom(...SITES),
    weights: fc.constantFrom(...WEIGHTS),
    bits: fc.constantFrom(8, 10, 12, 16),
    full: fc.boolean(),
    grey: fc.boolean(),
  })
  .map(({ width, height, shifts, siteX, siteY, weights, bits, full, grey }) => {
    const unit = 2 ** (bits - 8);
    const most = 2 ** bits - 1;
    const coding: PictureCoding = {
      width,
      height,
      chromaShiftX: grey ? 0 : shifts[0],
      chromaShiftY: grey ? 0 : shifts[1],
      siteX,
      siteY,
      red: weights[0],
      blue: weights[1],
      black: full ? 0 : 16 * unit,
      white: full ? most : 235 * unit,
      chromaZero: 128 * unit,
      chromaSpan: full ? most : 224 * unit,
      most,
    };
    return { coding, grey, bits };
  });

/** Noise over all codes: the hardest picture for a filter, footroom and headroom included. */
function noise({ width, height, chromaShiftX, chromaShiftY, most }: PictureCoding, grey: boolean): Codes[] {
  const next = random(seed + width * height);
  const chroma = ((width + chromaShiftX) >> chromaShiftX) * ((height + chromaShiftY) >> chromaShiftY);
  return [width * height, ...(grey ? [] : [chroma, chroma])].map((length) => {
    const code = (): number => (next() < 0.2 ? (next() < 0.5 ? 0 : most) : Math.floor(next() * (most + 1)));
    return most > 255 ? Uint16Array.from({ length }, code) : Uint8Array.from({ length }, code);
  });
}

function apply(axis: LinearAxis, samples: readonly number[]): number[] {
  return Array.from({ length: axis.count }, (_, i) => {
    let sum = 0;
    for (let tap = 0; tap < axis.taps; tap++) {
      const weight = axis.weights[i * axis.taps + tap]!;
      if (weight !== 0) sum += weight * samples[axis.starts[i]! + tap]!;
    }
    return sum;
  });
}

describe('chroma axes', () => {
  it('undo each other for every length and site', () => {
    for (const site of SITES)
      for (let luma = 1; luma <= 12; luma++) {
        const chroma = (luma + 1) >> 1;
        const samples = Array.from({ length: chroma }, (_, index) => ((index * 37) % 11) - 4);
        const back = apply(downAxis(luma, chroma, site), apply(upAxis(luma, chroma, site), samples));
        for (const [index, value] of back.entries())
          expect(value, `${luma} samples, site ${site}`).toBeCloseTo(samples[index]!, 5);
      }
  });

  it.each(SITES)('keep a straight line where it is, with chroma at %s', (site) => {
    const line = Array.from({ length: 20 }, (_, j) => 3 * (2 * j + site));
    const up = apply(upAxis(40, 20, site), line);
    for (let x = 4; x < 36; x++) expect(up[x]).toBeCloseTo(3 * x, 5);
    const down = apply(
      downAxis(40, 20, site),
      Array.from({ length: 40 }, (_, x) => 3 * x),
    );
    for (let j = 2; j < 18; j++) expect(down[j]).toBeCloseTo(3 * (2 * j + site), 5);
  });
});

describe('planesToRgb and rgbToPlanes', () => {
  it('give the very codes back, and the reference’s bits on every instruction set', async () => {
    const reference = loadKernels({ implementation: 'reference' });
    await fc.assert(
      fc.asyncProperty(codings, async ({ coding, grey }) => {
        const planes = noise(coding, grey);
        const wanted = new Float32Array(3 * coding.width * coding.height);
        await reference.planesToRgb(planes, wanted, coding);
        const blurred = wanted.map((value, index) => (value + (wanted[index + 1] ?? value)) / 2);
        const wantedCodes = planes.map((plane) => plane.slice().fill(7));
        expect(await reference.rgbToPlanes(blurred, wantedCodes, coding)).toBe(0);
        for (const level of every)
          for (const threads of level === 'reference' ? [1] : [1, 3]) {
            const kernels = loadKernels({ implementation: level });
            kernels.setThreads(threads);
            const rgb = new Float32Array(wanted.length);
            await kernels.planesToRgb(planes, rgb, coding);
            expect(rgb, level).toEqual(wanted);
            const back = planes.map((plane) => plane.slice().fill(7));
            expect(await kernels.rgbToPlanes(rgb, back, coding)).toBe(0);
            expect(back, level).toEqual(planes);
            await kernels.rgbToPlanes(blurred, back, coding);
            expect(back, level).toEqual(wantedCodes);
          }
      }),
      { seed, numRuns: 150 },
    );
  });

  it.each(every)('know the colours of BT.709 (%s)', async (implementation) => {
    const kernels = loadKernels({ implementation });
    const coding: PictureCoding = {
      ...{ width: 1, height: 1, chromaShiftX: 0, chromaShiftY: 0, siteX: 0, siteY: 0 },
      ...{ red: 0.2126, blue: 0.0722, black: 16, white: 235, chromaZero: 128, chromaSpan: 224, most: 255 },
    };
    // Red of 75 %, as in colour bars: Y 51, Cb 109, Cr 212.
    const rgb = new Float32Array(3);
    await kernels.planesToRgb([Uint8Array.of(51), Uint8Array.of(109), Uint8Array.of(212)], rgb, coding);
    [0.75, 0, 0].forEach((value, index) => {
      expect(rgb[index]).toBeCloseTo(value, 2);
    });
  });

  it.each(every)('clamp, and count what is not finite (%s)', async (implementation) => {
    const kernels = loadKernels({ implementation });
    const coding: PictureCoding = {
      ...{ width: 4, height: 1, chromaShiftX: 0, chromaShiftY: 0, siteX: 0, siteY: 0 },
      ...{ red: 0.299, blue: 0.114, black: 0, white: 255, chromaZero: 128, chromaSpan: 255, most: 255 },
    };
    const rgb = Float32Array.of(2, -1, NaN, 0.5, 2, -1, 0.5, Infinity, 2, -1, 0.5, 0.5);
    const luma = new Uint8Array(4);
    expect(await kernels.rgbToPlanes(rgb, [luma], coding)).toBe(2);
    expect([luma[0], luma[1]]).toEqual([255, 0]);
  });

  it('say what is wrong with their arguments', async () => {
    const kernels = loadKernels();
    const coding: PictureCoding = {
      ...{ width: 4, height: 2, chromaShiftX: 1, chromaShiftY: 1, siteX: 0, siteY: 0.5 },
      ...{ red: 0.299, blue: 0.114, black: 0, white: 255, chromaZero: 128, chromaSpan: 255, most: 255 },
    };
    const [luma, chroma] = [new Uint8Array(8), new Uint8Array(2)];
    const rgb = new Float32Array(24);
    await expect(kernels.planesToRgb([luma, chroma], rgb, coding)).rejects.toThrow('1 or 3 planes');
    await expect(kernels.planesToRgb([luma, chroma, luma], rgb, coding)).rejects.toThrow(
      'Expected a Uint8Array of 2 elements for planes[2]',
    );
    await expect(kernels.planesToRgb([luma, chroma, chroma], rgb.subarray(1), coding)).rejects.toThrow('rgb');
    await expect(
      kernels.planesToRgb([luma, chroma, chroma], rgb, { ...coding, siteX: 2 as 0 }),
    ).rejects.toThrow('Expected 0, 0.5 or 1 for siteX but received 2');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels, type Kernels } from '..';
import { random } from '../adder2d/cases';
import { resizeAxis } from './resize-table';

const levels = compiledKernels();
const every = ['reference', ...levels] as const;
const seed = Number(process.env['CLEARCUT_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`plane: seed ${seed}`);

const reference = loadKernels({ implementation: 'reference' });

function codes(count: number, bits: number): Uint8Array | Uint16Array {
  const next = random(seed + count);
  // Extremes beside each other make the largest overshoot.
  const code = (): number =>
    next() < 0.3 ? (next() < 0.5 ? 0 : 2 ** bits - 1) : Math.floor(next() * 2 ** bits);
  const make = { length: count };
  return bits > 8 ? Uint16Array.from(make, code) : Uint8Array.from(make, code);
}

function empty(like: Uint8Array | Uint16Array, count: number): Uint8Array | Uint16Array {
  return like instanceof Uint16Array ? new Uint16Array(count) : new Uint8Array(count);
}

/** Compares bytes: element by element it would take seconds. */
function expectSame(actual: ArrayBufferView, wanted: ArrayBufferView, what: string): void {
  const bytes = (view: ArrayBufferView): Buffer => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  expect(bytes(actual).equals(bytes(wanted)), `${what}, seed ${seed}`).toBe(true);
}

interface Resize {
  readonly width: number;
  readonly height: number;
  readonly targetWidth: number;
  readonly targetHeight: number;
  readonly phaseX: number;
  readonly phaseY: number;
  readonly bits: number;
}

async function resized(kernels: Kernels, to: Resize): Promise<Uint8Array | Uint16Array> {
  const source = codes(to.width * to.height, to.bits);
  const target = empty(source, to.targetWidth * to.targetHeight);
  const { phaseX, phaseY } = to;
  const maxCode = 2 ** to.bits - 1;
  await kernels.resizeBicubic(source, to.width, to.height, target, to.targetWidth, to.targetHeight, {
    phaseX,
    phaseY,
    maxCode,
  });
  return target;
}

describe('resizeBicubic', () => {
  it('gives the same codes on every instruction set for random sizes, phases and depths', async () => {
    const side = fc.integer({ min: 1, max: 60 });
    const phase = fc.constantFrom(0, 0.25, -0.25, 0.5, -1.75);
    const anything = fc.record<Resize>({
      width: side,
      height: side,
      targetWidth: fc.integer({ min: 1, max: 130 }),
      targetHeight: fc.integer({ min: 1, max: 130 }),
      phaseX: phase,
      phaseY: phase,
      bits: fc.constantFrom(8, 10, 12, 16),
    });
    await fc.assert(
      fc.asyncProperty(anything, async (to) => {
        const wanted = await resized(reference, to);
        for (const level of levels)
          for (const threads of [1, 5]) {
            const kernels = loadKernels({ implementation: level });
            kernels.setThreads(threads);
            expectSame(await resized(kernels, to), wanted, level);
          }
      }),
      { seed, numRuns: 150 },
    );
  });

  it.each(every)(
    'leaves a plane of the same size and flat areas as they are (%s)',
    async (implementation) => {
      const kernels = loadKernels({ implementation });
      const size = { width: 13, height: 9, phaseX: 0, phaseY: 0, bits: 10 };
      expect(await resized(kernels, { ...size, targetWidth: 13, targetHeight: 9 })).toEqual(
        codes(13 * 9, 10),
      );
      const flat = new Uint8Array(13 * 9).fill(201);
      const target = new Uint8Array(31 * 4);
      await kernels.resizeBicubic(flat, 13, 9, target, 31, 4);
      expect(new Set(target)).toEqual(new Set([201]));
    },
  );

  it('puts samples where the formula says, and a phase moves them', async () => {
    const ramp = Uint8Array.from({ length: 32 }, (_, x) => 8 * x);
    const target = new Uint8Array(64);
    // Cubic convolution gives back a straight line, away from the edges.
    const line = (phase: number): number[] =>
      Array.from({ length: 48 }, (_, i) => Math.floor(8 * ((i + 8 + 0.5) / 2 - 0.5 + phase) + 0.5));
    for (const phase of [0, 0.25]) {
      await reference.resizeBicubic(ramp, 32, 1, target, 64, 1, { phaseX: phase });
      expect([...target.subarray(8, 56)]).toEqual(line(phase));
    }
  });

  it('goes by the step it is given, where the sizes were rounded', async () => {
    const ramp = Uint8Array.from({ length: 32 }, (_, x) => 8 * x);
    const whole = new Uint8Array(64);
    await reference.resizeBicubic(ramp, 32, 1, whole, 64, 1);
    // Fewer samples of the same enlargement are its first ones.
    const part = new Uint8Array(61);
    for (const level of every) {
      const kernels = loadKernels({ implementation: level });
      await kernels.resizeBicubic(ramp, 32, 1, part, 61, 1, { stepX: 0.5 });
      expectSame(part, whole.slice(0, 61), level);
    }
    await expect(reference.resizeBicubic(ramp, 32, 1, part, 61, 1, { stepX: 0 })).rejects.toThrow('stepX');
  });

  it('takes away what a smaller picture can’t hold', async () => {
    const stripes = Uint8Array.from({ length: 64 }, (_, x) => (x % 2) * 255);
    const target = new Uint8Array(16);
    await reference.resizeBicubic(stripes, 64, 1, target, 16, 1);
    for (const code of target.subarray(2, 14)) expect(Math.abs(code - 127.5)).toBeLessThan(4);
  });

  it('has weights that sum to exactly one', () => {
    for (const [from, to] of [
      [7, 14],
      [5, 17],
      [1000, 3],
      [640, 427],
    ] as const) {
      const axis = resizeAxis(from, to, 0.125);
      for (let i = 0; i < axis.count; i++)
        expect(axis.weights.subarray(i * axis.taps, (i + 1) * axis.taps).reduce((a, b) => a + b, 0)).toBe(
          2 ** 14,
        );
    }
  });

  it('says what is wrong with its arguments', async () => {
    const kernels = loadKernels();
    const plane = new Uint8Array(12);
    await expect(kernels.resizeBicubic(plane, 4, 4, new Uint8Array(4), 2, 2)).rejects.toThrow(
      'Expected a Uint8Array of 16 elements for source but received a Uint8Array of 12 elements',
    );
    await expect(kernels.resizeBicubic(plane, 4, 3, plane.subarray(0, 4), 2, 2)).rejects.toThrow(
      'apart from source',
    );
    await expect(
      kernels.resizeBicubic(plane, 4, 3, new Uint8Array(4), 2, 2, { maxCode: 1023 }),
    ).rejects.toThrow('Expected a whole number from 1 to 255 for maxCode but received 1023');
  });
});

describe('planeToFloat and floatToPlane', () => {
  it.each([8, 10, 16])('give the reference’s bits for %i-bit codes, on any thread count', async (bits) => {
    const source = codes(70_003, bits);
    const [scale, offset] = [1 / 219, -16 / 219];
    const floats = new Float32Array(source.length);
    await reference.planeToFloat(source, floats, scale, offset);
    expect(floats[5]).toBe(Math.fround(Math.fround(source[5]! * Math.fround(scale)) + Math.fround(offset)));
    const back = empty(source, source.length);
    await reference.floatToPlane(floats, back, 1 / scale, -offset / scale, 0, 2 ** bits - 1);
    expectSame(back, source, 'reference');
    for (const level of levels)
      for (const threads of [1, 2, 5]) {
        const kernels = loadKernels({ implementation: level });
        kernels.setThreads(threads);
        const there = new Float32Array(source.length);
        await kernels.planeToFloat(source, there, scale, offset);
        expectSame(there, floats, level);
        const again = empty(source, source.length);
        expect(await kernels.floatToPlane(there, again, 1 / scale, -offset / scale, 0, 2 ** bits - 1)).toBe(
          0,
        );
        expectSame(again, source, level);
      }
  });

  it.each(every)(
    'rounds half to even, clamps, and counts what is not finite (%s)',
    async (implementation) => {
      const kernels = loadKernels({ implementation });
      const source = Float32Array.of(
        0.5,
        1.5,
        2.5,
        -7,
        300,
        NaN,
        Infinity,
        -Infinity,
        254.49,
        1e30,
        -1e30,
        5,
      );
      const target = new Uint8Array(source.length);
      expect(await kernels.floatToPlane(source, target, 1, 0, 1, 250)).toBe(3);
      expect([...target]).toEqual([1, 2, 2, 1, 250, 1, 250, 1, 250, 250, 1, 5]);
      expect(await kernels.floatToPlane(new Float32Array(0), new Uint8Array(0), 1, 0, 0, 255)).toBe(0);
    },
  );
});

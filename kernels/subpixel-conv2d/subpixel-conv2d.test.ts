import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels, type Kernels } from '..';
import { bicubicTaps } from './bicubic-taps';
import {
  SUBPIXEL_CONV2D_CASES,
  subpixelConv2dData,
  type SubpixelConv2dCase,
  type SubpixelConv2dData,
} from './cases';

const reference = loadKernels({ implementation: 'reference' });
const levels = compiledKernels();
const seed = Number(process.env['CLEARCUT_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`subpixel-conv2d: seed ${seed}, kernels ${levels.join(', ') || 'none'}`);

/** Guard elements round every output: a kernel must not write outside. */
const GUARD = 64;

async function compute(
  kernels: Kernels,
  { n, h, w }: SubpixelConv2dCase,
  { description, x, skip, outputs }: SubpixelConv2dData,
): Promise<Float32Array> {
  const layer = kernels.prepareSubpixelConv2d(description);
  const whole = new Float32Array(outputs + 2 * GUARD).fill(123);
  const y = whole.subarray(GUARD, GUARD + outputs);
  await kernels.run([{ layer, x, skip, n, h, w, y }]);
  layer.dispose();
  expect(whole.subarray(0, GUARD).every((value) => value === 123)).toBe(true);
  expect(whole.subarray(GUARD + outputs).every((value) => value === 123)).toBe(true);
  return y;
}

function expectSame(
  actual: Float32Array,
  wanted: Float32Array,
  shape: SubpixelConv2dCase,
  what: string,
): void {
  const at = actual.findIndex((value, index) => !Object.is(value, wanted[index]));
  if (at >= 0)
    expect.fail(
      `${what}, seed ${seed}, ${JSON.stringify(shape)}: element ${at} is ${actual[at]} and should be ${wanted[at]}`,
    );
}

afterAll(() => {
  // Threads are the process's: other tests must not inherit ours.
  loadKernels().setThreads(2);
});

describe.skipIf(levels.length === 0)('SubpixelConv2d on every instruction set of this machine', () => {
  it.each(SUBPIXEL_CONV2D_CASES.map((shape) => [JSON.stringify(shape), shape] as const))(
    'gives the reference’s bits with 1, 2 and 5 threads: %s',
    async (_, shape) => {
      const data = subpixelConv2dData(shape, seed);
      const wanted = await compute(reference, shape, data);
      for (const level of levels)
        for (const threads of [1, 2, 5]) {
          const kernels = loadKernels({ implementation: level });
          kernels.setThreads(threads);
          expectSame(await compute(kernels, shape, data), wanted, shape, `${level}, ${threads} threads`);
        }
    },
  );

  it('gives the reference’s bits for random shapes and attributes', async () => {
    const side = fc.integer({ min: 0, max: 2 }).map((half) => 2 * half + 1);
    const anything = fc.record<SubpixelConv2dCase>({
      n: fc.integer({ min: 1, max: 2 }),
      h: fc.integer({ min: 1, max: 9 }),
      w: fc.integer({ min: 1, max: 20 }),
      cin: fc.integer({ min: 1, max: 40 }),
      blockSize: fc.integer({ min: 1, max: 8 }),
      k: fc.tuple(side, side),
      xZeroPoint: fc.nat(255),
    });
    await fc.assert(
      fc.asyncProperty(anything, async (shape) => {
        const data = subpixelConv2dData(shape, seed);
        const wanted = await compute(reference, shape, data);
        for (const level of levels)
          expectSame(
            await compute(loadKernels({ implementation: level }), shape, data),
            wanted,
            shape,
            level,
          );
      }),
      { seed, numRuns: 60 },
    );
  });
});

describe('SubpixelConv2d', () => {
  it.each([2, 3, 4])('puts phase o of the convolution at row o / s, column o mod s (×%i)', async (s) => {
    const layer = reference.prepareSubpixelConv2d({
      w: Int16Array.from({ length: s * s }, (_, output) => output),
      blockSize: s,
      kH: 1,
      kW: 1,
      cin: 1,
      scale: new Float32Array(s * s).fill(1),
      bias: new Float32Array(s * s).fill(0.5),
      xZeroPoint: 1,
    });
    const y = new Float32Array(2 * s * s);
    const skip = new Float32Array(2);
    await reference.run([{ layer, x: Uint8Array.of(2, 11), skip, n: 1, h: 1, w: 2, y }]);
    const at = (row: number, column: number): number =>
      (row * s + (column % s)) * (column < s ? 1 : 10) + 0.5;
    expect([...y]).toEqual(
      Array.from({ length: 2 * s * s }, (_, index) => at(Math.floor(index / (2 * s)), index % (2 * s))),
    );
  });

  it('enlarges a straight line to a straight line, and repeats the border beyond it', async () => {
    for (const s of [2, 3, 4]) {
      const layer = reference.prepareSubpixelConv2d({
        w: new Int16Array(s * s),
        blockSize: s,
        kH: 1,
        kW: 1,
        cin: 1,
        scale: new Float32Array(s * s),
        bias: new Float32Array(s * s),
      });
      const skip = Float32Array.from({ length: 64 }, (_, index) => Math.floor(index / 8) + 2 * (index % 8));
      const y = new Float32Array(64 * s * s);
      await reference.run([{ layer, x: new Uint8Array(64), skip, n: 1, h: 8, w: 8, y }]);
      const place = (i: number): number => (i + 0.5) / s - 0.5;
      for (let row = 2 * s; row < 6 * s; row++)
        for (let column = 2 * s; column < 6 * s; column++)
          expect(y[row * 8 * s + column]).toBeCloseTo(place(row) + 2 * place(column), 5);
      // Half way between the outermost samples and what repeats them.
      expect(y[0]).toBeLessThan(0.1);
    }
  });

  it('has bicubic weights that sum to one', () => {
    for (const s of [1, 2, 3, 4, 8])
      for (let phase = 0; phase < s; phase++)
        expect(bicubicTaps(phase, s).weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });

  it('says what is wrong with its arguments', async () => {
    const data = subpixelConv2dData(SUBPIXEL_CONV2D_CASES[0]!, 1);
    const kernels = loadKernels();
    const prepare = (change: object) => () =>
      kernels.prepareSubpixelConv2d({ ...data.description, ...change });
    expect(prepare({ blockSize: 9 })).toThrow('Expected a whole number from 1 to 8 for blockSize');
    expect(prepare({ kH: 2 })).toThrow('Expected an odd number for kH but received 2');
    expect(prepare({ bias: Float32Array.of(0, NaN, 0, 0) })).toThrow('Expected a finite number for bias[1]');
    const layer = kernels.prepareSubpixelConv2d(data.description);
    const { x, skip } = data;
    const step = { layer, x, skip, n: 1, h: 5, w: 7, y: new Float32Array(data.outputs) };
    await expect(kernels.run([{ ...step, skip: x as never }])).rejects.toThrow('for skip but received');
    layer.dispose();
    await expect(kernels.run([step])).rejects.toThrow('not disposed of');
  });
});

import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels, type Kernels } from '..';
import {
  QUANTIZED_CONV2D_CASES,
  quantizedConv2dData,
  type QuantizedConv2dCase,
  type QuantizedConv2dData,
} from './cases';

const reference = loadKernels({ implementation: 'reference' });
const levels = compiledKernels();
const seed = Number(process.env['CLEARCUT_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`quantized-conv2d: seed ${seed}, kernels ${levels.join(', ') || 'none'}`);

/** Guard elements round every output: a kernel must not write outside. */
const GUARD = 64;

async function compute(
  kernels: Kernels,
  { n, h, w }: QuantizedConv2dCase,
  data: QuantizedConv2dData,
): Promise<Uint8Array> {
  const layer = kernels.prepareQuantizedConv2d(data.description);
  const whole = new Uint8Array(data.outputs + 2 * GUARD).fill(123);
  const y = whole.subarray(GUARD, GUARD + data.outputs);
  await kernels.run([{ layer, x: data.x, n, h, w, y }]);
  layer.dispose();
  expect(whole.subarray(0, GUARD).every((code) => code === 123)).toBe(true);
  expect(whole.subarray(GUARD + data.outputs).every((code) => code === 123)).toBe(true);
  return y;
}

function expectSame(actual: Uint8Array, wanted: Uint8Array, shape: QuantizedConv2dCase, what: string): void {
  const at = actual.findIndex((code, index) => code !== wanted[index]);
  if (at >= 0)
    expect.fail(
      `${what}, seed ${seed}, ${JSON.stringify(shape)}: element ${at} is ${actual[at]} and should be ${wanted[at]}`,
    );
}

afterAll(() => {
  // Threads are the process's: other tests must not inherit ours.
  loadKernels().setThreads(2);
});

describe.skipIf(levels.length === 0)('QuantizedConv2d on every instruction set of this machine', () => {
  it.each(QUANTIZED_CONV2D_CASES.map((shape) => [JSON.stringify(shape), shape] as const))(
    'gives the reference’s codes with 1, 2 and 5 threads: %s',
    async (_, shape) => {
      const data = quantizedConv2dData(shape, seed);
      const wanted = await compute(reference, shape, data);
      for (const level of levels)
        for (const threads of [1, 2, 5]) {
          const kernels = loadKernels({ implementation: level });
          kernels.setThreads(threads);
          expectSame(await compute(kernels, shape, data), wanted, shape, `${level}, ${threads} threads`);
        }
    },
  );

  it('gives the reference’s codes for random shapes and attributes', async () => {
    const side = fc.integer({ min: 0, max: 3 }).map((half) => 2 * half + 1);
    const anything = fc.record<QuantizedConv2dCase>({
      n: fc.integer({ min: 1, max: 2 }),
      h: fc.integer({ min: 1, max: 9 }),
      w: fc.integer({ min: 1, max: 20 }),
      cout: fc.integer({ min: 1, max: 70 }),
      k: fc.tuple(side, side),
      activation: fc.constantFrom('none', 'relu'),
      yZeroPoint: fc.nat(255),
    });
    await fc.assert(
      fc.asyncProperty(anything, async (shape) => {
        const data = quantizedConv2dData(shape, seed);
        const wanted = await compute(reference, shape, data);
        for (const level of levels)
          expectSame(
            await compute(loadKernels({ implementation: level }), shape, data),
            wanted,
            shape,
            level,
          );
      }),
      { seed, numRuns: 100 },
    );
  });
});

describe('QuantizedConv2d', () => {
  it.each(['reference', ...levels] as const)(
    'gives ties to the even code and what is no number the lowest (%s)',
    async (implementation) => {
      const kernels = loadKernels({ implementation });
      const layer = kernels.prepareQuantizedConv2d({
        w: Int16Array.of(1, -1),
        cout: 2,
        kH: 1,
        kW: 1,
        scale: Float32Array.of(0.5, 1),
        bias: Float32Array.of(0, 1.5),
        xLevels: 1,
        yZeroPoint: 10,
      });
      const x = Float32Array.of(1, 3, 2.5, 3.5, -5, NaN, Infinity, 1e9);
      const y = new Uint8Array(16);
      await kernels.run([{ layer, x, n: 1, h: 1, w: 8, y }]);
      expect([...y]).toEqual([10, 10, 12, 8, 11, 10, 12, 8, 8, 16, 0, 255, 255, 0, 255, 0]);
    },
  );

  it('says what is wrong with its arguments', async () => {
    const data = quantizedConv2dData(QUANTIZED_CONV2D_CASES[2]!, 1);
    const kernels = loadKernels();
    const prepare = (change: object) => () =>
      kernels.prepareQuantizedConv2d({ ...data.description, ...change });
    expect(prepare({ kW: 4 })).toThrow('Expected an odd number for kW but received 4');
    expect(prepare({ w: new Int16Array(800).fill(32_767) })).toThrow('add up to at most 65535 for w[0]');
    expect(prepare({ activation: 'prelu' })).toThrow('Expected none or relu for activation');
    const layer = kernels.prepareQuantizedConv2d(data.description);
    const step = { layer, x: data.x, n: 1, h: 13, w: 17, y: new Uint8Array(data.outputs) };
    await expect(kernels.run([{ ...step, h: 12 }])).rejects.toThrow('Float32Array of 204 elements for x');
    layer.dispose();
    await expect(kernels.run([step])).rejects.toThrow('not disposed of');
  });
});

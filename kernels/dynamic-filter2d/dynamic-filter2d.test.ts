import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels, type Kernels } from '..';
import { filteredShape } from './attributes';
import { DYNAMIC_FILTER2D_CASES, dynamicFilter2dData, type DynamicFilter2dCase } from './cases';

const reference = loadKernels({ implementation: 'reference' });
const levels = compiledKernels();
const seed = Number(process.env['CLEARCUT_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`dynamic-filter2d: seed ${seed}, kernels ${levels.join(', ') || 'none'}`);

/** Guard elements round every output: a kernel must not write outside. */
const GUARD = 64;

async function compute(
  kernels: Kernels,
  shape: DynamicFilter2dCase,
  data = dynamicFilter2dData(shape, seed),
): Promise<Float32Array> {
  const { n, c, h, w } = shape;
  const { x, logits, outputs } = data;
  const layer = kernels.prepareDynamicFilter2d(shape);
  const whole = new Float32Array(outputs + 2 * GUARD).fill(123);
  const y = whole.subarray(GUARD, GUARD + outputs);
  await kernels.run([{ layer, x, logits, n, c, h, w, y }]);
  layer.dispose();
  expect(whole.subarray(0, GUARD).every((value) => value === 123)).toBe(true);
  expect(whole.subarray(GUARD + outputs).every((value) => value === 123)).toBe(true);
  return y;
}

function expectSame(
  actual: Float32Array,
  wanted: Float32Array,
  shape: DynamicFilter2dCase,
  what: string,
): void {
  const at = actual.findIndex((value, index) => !Object.is(value, wanted[index]));
  if (at >= 0)
    expect.fail(
      `${what}, seed ${seed}, ${JSON.stringify(shape)}: element ${at} is ${actual[at]} and should be ${wanted[at]}`,
    );
}

/** The definition in double precision. */
function inDoubles(shape: DynamicFilter2dCase): number[] {
  const { n, c, h, w, groups, side, stride } = shape;
  const { x, logits } = dynamicFilter2dData(shape, seed);
  const { height, width } = filteredShape(shape, h, w);
  const mirror = (at: number, length: number): number =>
    Math.abs(((at + 2 * length - 2) % (2 * length - 2)) - (length - 1));
  return Array.from({ length: n * c * height * width }, (_, index) => {
    const channel = Math.floor(index / (height * width));
    const [i, j] = [Math.floor(index / width) % height, index % width];
    const group = Math.floor(channel / (c / groups));
    const powers = Array.from({ length: side ** 2 }, (__, tap) =>
      Math.exp(logits[((group * side ** 2 + tap) * height + i) * width + j] ?? 0),
    );
    const total = powers.reduce((sum, power) => sum + power);
    return powers.reduce((sum, power, tap) => {
      const row = h - 1 - mirror(i * stride + Math.floor(tap / side) - (side >> 1), h);
      const column = w - 1 - mirror(j * stride + (tap % side) - (side >> 1), w);
      return sum + (power / total) * (x[(channel * h + row) * w + column] ?? 0);
    }, 0);
  });
}

afterAll(() => {
  // Threads are the process's: other tests must not inherit ours.
  loadKernels().setThreads(2);
});

describe.skipIf(levels.length === 0)('DynamicFilter2d on every instruction set of this machine', () => {
  it.each(DYNAMIC_FILTER2D_CASES.map((shape) => [JSON.stringify(shape), shape] as const))(
    'gives the reference’s bits with 1, 2 and 5 threads: %s',
    async (_, shape) => {
      const wanted = await compute(reference, shape);
      for (const level of levels)
        for (const threads of [1, 2, 5]) {
          const kernels = loadKernels({ implementation: level });
          kernels.setThreads(threads);
          expectSame(await compute(kernels, shape), wanted, shape, `${level}, ${threads} threads`);
        }
    },
  );

  it('gives the reference’s bits for random shapes', async () => {
    const anything = fc.record({
      n: fc.integer({ min: 1, max: 2 }),
      groups: fc.integer({ min: 1, max: 4 }),
      channels: fc.integer({ min: 1, max: 4 }),
      h: fc.integer({ min: 3, max: 12 }),
      w: fc.integer({ min: 3, max: 40 }),
      side: fc.constantFrom<3 | 5>(3, 5),
      stride: fc.constantFrom<1 | 2>(1, 2),
    });
    await fc.assert(
      fc.asyncProperty(anything, async ({ channels, ...rest }) => {
        const shape = { ...rest, c: channels * rest.groups };
        const wanted = await compute(reference, shape);
        for (const level of levels)
          expectSame(await compute(loadKernels({ implementation: level }), shape), wanted, shape, level);
      }),
      { seed, numRuns: 60 },
    );
  });
});

describe('DynamicFilter2d', () => {
  it.each(DYNAMIC_FILTER2D_CASES.map((shape) => [JSON.stringify(shape), shape] as const))(
    'is a sum weighted by a softmax, beyond borders reflected: %s',
    async (_, shape) => {
      const result = await compute(reference, shape);
      const exact = inDoubles(shape);
      const furthest = exact.reduce(
        (most, value, at) => Math.max(most, Math.abs(value - (result[at] ?? 0))),
        0,
      );
      expect(furthest).toBeLessThan(2e-6);
    },
  );

  it('takes the sample alone that a filter points to, however far logits lie apart', async () => {
    for (const [tap, wanted] of [
      [4, [1, 3, 7, 9]],
      [3, [2, 2, 8, 8]],
      [1, [4, 6, 4, 6]],
    ] as const) {
      const logits = new Float32Array(36).fill(-3e38);
      logits.fill(3e38, 4 * tap, 4 * tap + 4);
      const shape = { n: 1, c: 1, h: 3, w: 3, groups: 1, side: 3, stride: 2 } as const;
      const x = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
      const y = await compute(loadKernels(), shape, { x, logits, outputs: 4 });
      for (const [at, value] of wanted.entries()) expect(y[at]).toBeCloseTo(value, 5);
    }
  });

  it('says what is wrong with its arguments', async () => {
    const kernels = loadKernels();
    expect(() => kernels.prepareDynamicFilter2d({ groups: 1, side: 4 as never, stride: 1 })).toThrow(
      'Expected 3 or 5 for side but received 4',
    );
    expect(() => kernels.prepareDynamicFilter2d({ groups: 0, side: 3, stride: 1 })).toThrow('for groups');
    const shape = { n: 1, c: 6, h: 4, w: 4, groups: 2, side: 5, stride: 1 } as const;
    const { x, logits, outputs } = dynamicFilter2dData(shape, 1);
    const layer = kernels.prepareDynamicFilter2d(shape);
    const step = { ...shape, layer, x, logits, y: new Float32Array(outputs) };
    await expect(kernels.run([{ ...step, c: 5 }])).rejects.toThrow('Expected a multiple of 2 for c');
    await expect(kernels.run([{ ...step, w: 2 }])).rejects.toThrow('from 3 to');
    await expect(kernels.run([{ ...step, logits: x }])).rejects.toThrow('for logits but received');
    await expect(kernels.run([{ ...step, y: x }])).rejects.toThrow('Expected memory apart from x for y');
    layer.dispose();
    await expect(kernels.run([step])).rejects.toThrow('not disposed of');
  });
});

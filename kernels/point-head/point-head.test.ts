import { afterAll, describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels, type Kernels } from '..';
import { POINT_HEAD_CASES, pointHeadData, type PointHeadCase } from './cases';

const reference = loadKernels({ implementation: 'reference' });
const levels = compiledKernels();
const seed = Number(process.env['CLEARCUT_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`point-head: seed ${seed}, kernels ${levels.join(', ') || 'none'}`);

/** Guard elements round every output: a kernel must not write outside. */
const GUARD = 64;

async function compute(kernels: Kernels, shape: PointHeadCase): Promise<Float32Array> {
  const { description, work } = pointHeadData(shape, seed);
  const layer = kernels.preparePointHead(description);
  const whole = new Float32Array(shape.count + 2 * GUARD).fill(123);
  const y = whole.subarray(GUARD, GUARD + shape.count);
  await kernels.run([{ ...work, layer, y }]);
  layer.dispose();
  expect(whole.subarray(0, GUARD).every((value) => value === 123)).toBe(true);
  expect(whole.subarray(GUARD + shape.count).every((value) => value === 123)).toBe(true);
  return y;
}

afterAll(() => {
  // Threads are the process's: other tests must not inherit ours.
  loadKernels().setThreads(2);
});

describe.skipIf(levels.length === 0)('PointHead on every instruction set of this machine', () => {
  it.each(POINT_HEAD_CASES.map((shape) => [JSON.stringify(shape), shape] as const))(
    'gives the reference’s bits with 1, 2 and 5 threads: %s',
    async (_, shape) => {
      const wanted = await compute(reference, shape);
      for (const level of levels)
        for (const threads of [1, 2, 5]) {
          const kernels = loadKernels({ implementation: level });
          kernels.setThreads(threads);
          const actual = await compute(kernels, shape);
          const at = actual.findIndex((value, index) => !Object.is(value, wanted[index]));
          if (at >= 0)
            expect.fail(
              `${level}, ${threads} threads, seed ${seed}: element ${at} is ${actual[at]} and should be ${wanted[at]}`,
            );
        }
    },
  );
});

describe('PointHead', () => {
  const maps = [
    { channels: 1, stride: 2 },
    { channels: 1, stride: 1 },
  ];

  it('samples maps between their places, and lets coarse values and shape into every layer', async () => {
    const kernels = loadKernels();
    const layer = kernels.preparePointHead({
      maps,
      coarseMaps: 1,
      shapeValues: 1,
      layers: [
        { w: Float32Array.of(1, 10, 100, -1, 0, 0), bias: Float32Array.of(0.5, 0) },
        { w: Float32Array.of(1, 1, 1000, 10000), bias: Float32Array.of(0) },
      ],
    });
    const y = new Float32Array(2);
    await kernels.run([
      {
        layer,
        maps: [
          { data: Float32Array.of(2, 4), h: 1, w: 2 },
          { data: Float32Array.of(1, 1, 1, 3), h: 1, w: 4 },
        ],
        points: Float32Array.of(2, 0.5, 99, -7),
        shape: Float32Array.of(1, 0),
        count: 2,
        y,
      },
    ]);
    // Middle of 2 and 4, 1 beside it; then the last of both. Negative sums end before the second layer.
    expect([...y]).toEqual([3 + 10 + 100 + 0.5 + 1000 + 10000, 4 + 30 + 0.5 + 3000]);
  });

  it('says what is wrong with its arguments', async () => {
    const kernels = loadKernels();
    const { description, work } = pointHeadData(POINT_HEAD_CASES[1]!, 1);
    const prepare = (change: object) => () => kernels.preparePointHead({ ...description, ...change });
    expect(prepare({ coarseMaps: 4 })).toThrow('from 0 to 3 for coarseMaps');
    expect(prepare({ shapeValues: 4 })).toThrow('for layers[0].w but received');
    expect(prepare({ layers: description.layers.slice(0, 2) })).toThrow('Expected one output');
    const layer = kernels.preparePointHead(description);
    await expect(kernels.run([{ ...work, layer, count: 46 }])).rejects.toThrow('for points');
    await expect(kernels.run([{ ...work, layer, maps: work.maps.slice(1) }])).rejects.toThrow('for maps');
    layer.dispose();
    await expect(kernels.run([{ ...work, layer }])).rejects.toThrow('not disposed of');
  });
});

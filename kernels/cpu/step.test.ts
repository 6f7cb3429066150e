import { afterAll, describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels, type Kernels, type KernelStep } from '..';
import { adder2dData } from '../adder2d/cases';
import { quantizedConv2dData } from '../quantized-conv2d/cases';
import { subpixelConv2dData } from '../subpixel-conv2d/cases';

const seed = Number(process.env['CLEARCUT_TEST_SEED'] ?? Date.now() % 2 ** 31);
const levels = compiledKernels();
console.log(`steps: seed ${seed}`);

const SIZE = { n: 1, h: 61, w: 9 };
const CHANNELS = 16;

/** A whole network on three buffers that take turns: head, blocks of two layers with the sum in place, tail. */
async function network(kernels: Kernels): Promise<Float32Array> {
  const samples = SIZE.h * SIZE.w;
  const { description: head, x } = quantizedConv2dData(
    { ...SIZE, cout: CHANNELS, k: [5, 5], activation: 'relu' },
    seed,
  );
  const tail = subpixelConv2dData({ ...SIZE, cin: CHANNELS, blockSize: 2, k: [3, 3] }, seed).description;
  const memory = new ArrayBuffer(2 * samples * CHANNELS);
  const codes = new Uint8Array(memory, 0, samples * CHANNELS);
  const other = new Uint8Array(memory, samples * CHANNELS, samples * CHANNELS);
  const y = new Float32Array(4 * samples);
  const steps: KernelStep[] = [
    { layer: kernels.prepareQuantizedConv2d(head), x, ...SIZE, y: codes },
    ...[0, 1, 2, 3].flatMap((block): KernelStep[] => {
      const shape = { ...SIZE, cin: CHANNELS, cout: CHANNELS, k: [3, 3] as const };
      const layer = (index: number) => kernels.prepareAdder2d(adder2dData(shape, seed + index).description);
      return [
        { layer: layer(2 * block), x: codes, ...SIZE, y: other },
        { layer: layer(2 * block + 1), x: other, residual: codes, ...SIZE, y: codes },
      ];
    }),
    { layer: kernels.prepareSubpixelConv2d(tail), x: codes, skip: x, ...SIZE, y },
  ];
  await kernels.run(steps);
  for (const { layer } of steps) layer.dispose();
  return y;
}

afterAll(() => {
  // Threads are the process's: other tests must not inherit ours.
  loadKernels().setThreads(2);
});

describe.skipIf(levels.length === 0)('steps that begin before the one before has ended', () => {
  it('give what they give one after another, whoever is held up', async () => {
    const wanted = await network(loadKernels({ implementation: 'reference' }));
    for (const level of levels)
      for (const threads of [1, 2, 3, 7]) {
        const kernels = loadKernels({ implementation: level });
        kernels.setThreads(threads);
        // More calls than processors: threads are put to sleep in the middle of their chunks.
        const results = await Promise.all(Array.from({ length: 4 }, () => network(kernels)));
        for (const y of results)
          expect(
            Buffer.from(y.buffer).equals(Buffer.from(wanted.buffer)),
            `${level}, ${threads} threads, seed ${seed}`,
          ).toBe(true);
      }
  });
});

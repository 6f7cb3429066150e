import { benchAgainstPortable, type KernelBenchOptions, type KernelBenchRow } from '../bench-rounds';
import { compiledKernels, loadKernels } from '../binding/load';
import { POINT_HEAD_BENCH, pointHeadData } from './cases';

/** Sampling and layers together, on every instruction set against the portable kernel; an operation is one multiplication with its addition. */
export async function benchPointHead(
  threads: number,
  options: KernelBenchOptions,
): Promise<readonly KernelBenchRow[]> {
  const { count, hidden, width, height } = POINT_HEAD_BENCH;
  const { description, work } = pointHeadData(POINT_HEAD_BENCH, 1);
  const weights = description.layers.reduce((sum, { w }) => sum + w.length, 0);
  return benchAgainstPortable(
    {
      group: `PointHead ${hidden.join('-')}, ${count} points of ${width}×${height}`,
      threads,
      operations: count * weights,
      contenders: compiledKernels().map((level) => {
        const kernels = loadKernels({ implementation: level });
        const layer = kernels.preparePointHead(description);
        return {
          name: kernels.isa,
          run: () => {
            kernels.setThreads(threads);
            return kernels.run([{ ...work, layer }]);
          },
          close: async () => {
            layer.dispose();
          },
        };
      }),
    },
    options,
  );
}

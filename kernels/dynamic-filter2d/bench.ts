import { benchAgainstPortable, type KernelBenchOptions, type KernelBenchRow } from '../bench-rounds';
import { compiledKernels, loadKernels } from '../binding/load';
import { DYNAMIC_FILTER2D_BENCH, dynamicFilter2dData } from './cases';

/** Softmax and filtering together, on every instruction set against the portable kernel; an operation is one tap of one channel. */
export async function benchDynamicFilter(
  threads: number,
  options: KernelBenchOptions,
): Promise<readonly KernelBenchRow[]> {
  const rows: KernelBenchRow[] = [];
  for (const shape of DYNAMIC_FILTER2D_BENCH) {
    const { n, c, h, w, groups, side, stride } = shape;
    const { x, logits, outputs } = dynamicFilter2dData(shape, 1);
    const contenders = compiledKernels().map((level) => {
      const kernels = loadKernels({ implementation: level });
      const layer = kernels.prepareDynamicFilter2d(shape);
      const y = new Float32Array(outputs);
      return {
        name: kernels.isa,
        run: () => {
          kernels.setThreads(threads);
          return kernels.run([{ layer, x, logits, n, c, h, w, y }]);
        },
        close: async () => {
          layer.dispose();
        },
      };
    });
    const group = `DynamicFilter2d ${side}×${side}, stride ${stride}, ${c} channels in ${groups} groups, ${w}×${h}`;
    rows.push(
      ...(await benchAgainstPortable(
        { group, threads, operations: outputs * side ** 2, contenders },
        options,
      )),
    );
  }
  return rows;
}

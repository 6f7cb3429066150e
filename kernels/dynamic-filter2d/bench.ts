import { medianSeconds, type Contender, type KernelBenchOptions, type KernelBenchRow } from '../bench-rounds';
import type { IsaName } from '../binding/implementation';
import { compiledKernels, loadKernels } from '../binding/load';
import { DYNAMIC_FILTER2D_BENCH, dynamicFilter2dData, type DynamicFilter2dCase } from './cases';

/** Softmax and filtering together, on every instruction set against the portable kernel; an operation is one tap of one channel. */
export async function benchDynamicFilter(
  threads: number,
  { rounds, onProgress }: KernelBenchOptions,
): Promise<readonly KernelBenchRow[]> {
  const many = threads === 1 ? '1 thread' : `${threads} threads`;
  const rows: KernelBenchRow[] = [];
  for (const shape of DYNAMIC_FILTER2D_BENCH) {
    const { c, h, w, groups, side, stride } = shape;
    const group = `DynamicFilter2d ${side}×${side}, stride ${stride}, ${c} channels in ${groups} groups, ${w}×${h}, ${many}`;
    onProgress?.(group);
    const contenders = compiledKernels().map((level) => contenderOf(level, shape, threads));
    const seconds = await medianSeconds(contenders, rounds);
    const operations = dynamicFilter2dData(shape, 1).outputs * side ** 2;
    const speed = (contender: Contender): number => operations / (seconds.get(contender) ?? NaN) / 1e9;
    const portable = contenders.at(-1);
    for (const contender of contenders) {
      if (!portable || contender === portable) continue;
      const value = speed(contender);
      const baseline = { name: portable.name, value: speed(portable) };
      const ratio = value / baseline.value;
      rows.push({ group, name: contender.name, value, unit: 'G ops/s', baseline, ratio });
    }
  }
  return rows;
}

function contenderOf(level: IsaName, shape: DynamicFilter2dCase, threads: number): Contender {
  const kernels = loadKernels({ implementation: level });
  const layer = kernels.prepareDynamicFilter2d(shape);
  const { x, logits, outputs } = dynamicFilter2dData(shape, 1);
  const { n, c, h, w } = shape;
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
}

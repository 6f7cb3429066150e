import { medianSeconds, type Contender, type KernelBenchOptions, type KernelBenchRow } from '../bench-rounds';
import type { IsaName } from '../binding/implementation';
import { compiledKernels, loadKernels } from '../binding/load';
import { MOTION_BENCH, movingPicture, type MotionCase } from './cases';

/** Both flows of a pair, and the warps to one time, on every instruction set against the portable kernels. */
export async function benchMotion(
  threads: number,
  { rounds, onProgress }: KernelBenchOptions,
): Promise<readonly KernelBenchRow[]> {
  const many = threads === 1 ? '1 thread' : `${threads} threads`;
  const rows: KernelBenchRow[] = [];
  for (const shape of MOTION_BENCH)
    for (const work of ['estimate', 'warp'] as const) {
      const { width, height, finestScale } = shape;
      const group = `dense inverse search, ${work}, finest scale ${finestScale}, ${width}×${height}, ${many}`;
      onProgress?.(group);
      const contenders = await Promise.all(
        compiledKernels().map((level) => contenderOf(level, shape, work, threads)),
      );
      const seconds = await medianSeconds(contenders, rounds);
      const speed = (contender: Contender): number => 1 / (seconds.get(contender) ?? NaN);
      const portable = contenders.at(-1);
      for (const contender of contenders) {
        if (!portable || contender === portable) continue;
        const value = speed(contender);
        const baseline = { name: portable.name, value: speed(portable) };
        rows.push({
          group,
          name: contender.name,
          value,
          unit: 'pairs/s',
          baseline,
          ratio: value / baseline.value,
        });
      }
    }
  return rows;
}

async function contenderOf(
  level: IsaName,
  shape: MotionCase,
  work: 'estimate' | 'warp',
  threads: number,
): Promise<Contender> {
  const kernels = loadKernels({ implementation: level });
  const session = kernels.createMotionSession(shape);
  const frames = [movingPicture(shape, 0), movingPicture(shape, 1)] as const;
  await session.estimate(...frames);
  const [warpedPrevious, warpedNext] = frames.map(({ length }) => new Float32Array(length)) as [
    Float32Array,
    Float32Array,
  ];
  return {
    name: kernels.isa,
    run: () => {
      kernels.setThreads(threads);
      return work === 'estimate'
        ? session.estimate(...frames)
        : session.warpTo(0.5, { warpedPrevious, warpedNext });
    },
    close: async () => {
      session.dispose();
    },
  };
}

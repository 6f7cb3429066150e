import { UserError } from '../../../shared';
import { processKernels } from '../../runtime';
import { neighbours, timesOf, type Method, type MethodContext } from './method';
import { toPlanar } from '../read-image';
import { fromPlanar } from './picture';

/**
 * Dense inverse search at full size (the slower and better of the kernel's two settings): both neighbours warped to
 * each time wanted along the motion between them, and their mean, not rounded.
 * @throws UserError backend-unavailable without compiled kernels
 */
export async function inverseSearch({ factor }: Pick<MethodContext, 'factor'>): Promise<Method> {
  const kernels = processKernels();
  if (kernels.name === 'reference')
    throw new UserError(
      'backend-unavailable',
      'Motion search needs the compiled kernels: install a C++ compiler and run npm ci again.',
    );
  return {
    description: `dense inverse search at full size, mean of both warped neighbours (CPU, ${kernels.isa}, threads: ${kernels.threads})`,
    async *run({ frames, width, height }, clock) {
      const session = kernels.createMotionSession({ width, height, finestScale: 0 });
      try {
        const warpedPrevious = new Float32Array(3 * width * height);
        const warpedNext = new Float32Array(warpedPrevious.length);
        let first = true;
        for await (const { before, after } of neighbours(frames)) {
          const previous = first ? toPlanar(before) : null;
          const next = toPlanar(after);
          await clock.time(() => (previous ? session.estimate(previous, next) : session.advance(next)));
          first = false;
          for (const time of timesOf(factor)) {
            await clock.time(async () => {
              await session.warpTo(time, { warpedPrevious, warpedNext });
              for (let index = 0; index < warpedNext.length; index++)
                warpedNext[index] = ((warpedPrevious[index] ?? 0) + (warpedNext[index] ?? 0)) / 2;
            });
            yield fromPlanar(warpedNext, width, height);
          }
        }
      } finally {
        session.dispose();
      }
    },
  };
}

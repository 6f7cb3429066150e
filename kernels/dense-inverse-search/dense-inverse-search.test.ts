import { afterAll, describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels, type Kernels, type MotionTargets } from '..';
import { movingPicture, MOTION_CASES, type MotionCase } from './cases';

const reference = loadKernels({ implementation: 'reference' });
const levels = compiledKernels();

interface Result {
  readonly warpedPrevious: Float32Array;
  readonly warpedNext: Float32Array;
  readonly confidence: Float32Array;
}

/** Guard elements round every target: a kernel must not write outside. */
const GUARD = 64;

function guarded(length: number): { readonly target: Float32Array; check(): void } {
  const whole = new Float32Array(length + 2 * GUARD).fill(123);
  return {
    target: whole.subarray(GUARD, GUARD + length),
    check: () => {
      for (let i = 0; i < GUARD; i++) expect([whole[i], whole[GUARD + length + i]]).toEqual([123, 123]);
    },
  };
}

async function between(kernels: Kernels, shape: MotionCase, time = 0.5): Promise<Result> {
  const { width, height } = shape;
  const session = kernels.createMotionSession(shape);
  const area = width * height;
  const guards = [guarded(3 * area), guarded(3 * area), guarded(area)] as const;
  const [warpedPrevious, warpedNext, confidence] = guards.map(({ target }) => target) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const targets: MotionTargets = { warpedPrevious, warpedNext, confidence };
  await session.between(movingPicture(shape, 0), movingPicture(shape, 1), time, targets);
  session.dispose();
  for (const guard of guards) guard.check();
  return { warpedPrevious, warpedNext, confidence };
}

/** In dB of frames in 0 … 1, `margin` samples of the border left out. */
function psnr(
  shape: MotionCase,
  { warpedPrevious, warpedNext }: Result,
  time: number,
  margin: number,
): number {
  const { width, height } = shape;
  const wanted = movingPicture(shape, time);
  let sum = 0;
  let count = 0;
  for (let channel = 0; channel < 3; channel++)
    for (let y = margin; y < height - margin; y++)
      for (let x = margin; x < width - margin; x++) {
        const at = (channel * height + y) * width + x;
        sum += ((warpedPrevious[at]! + warpedNext[at]!) / 2 - wanted[at]!) ** 2;
        count++;
      }
  return -10 * Math.log10(sum / count);
}

afterAll(() => {
  // Threads are the process's: other tests must not inherit ours.
  loadKernels().setThreads(2);
});

describe.skipIf(levels.length === 0)('dense inverse search on every instruction set of this machine', () => {
  it.each(MOTION_CASES.map((shape) => [JSON.stringify(shape), shape] as const))(
    'gives the reference’s bits with 1, 2 and 5 threads: %s',
    async (_, shape) => {
      const wanted = await between(reference, shape);
      for (const level of levels)
        for (const threads of [1, 2, 5]) {
          const kernels = loadKernels({ implementation: level });
          kernels.setThreads(threads);
          const result = await between(kernels, shape);
          expect(result).toEqual(wanted);
          for (const plane of Object.values(result) as Float32Array[])
            expect(plane.every(Number.isFinite)).toBe(true);
        }
    },
  );

  it.each([
    ['a shift', { width: 160, height: 121, move: [5.3, -3.6] }, 45],
    ['a rotation', { width: 160, height: 121, turn: 0.08 }, 45],
    ['a zoom', { width: 160, height: 121, zoom: 1.08 }, 45],
  ] as const)('finds %s', async (_, motion, least) => {
    for (const finestScale of [0, 1] as const) {
      const shape: MotionCase = { ...motion, finestScale };
      const kernels = loadKernels();
      for (const time of [0.5, 0.25]) {
        const result = await between(kernels, shape, time);
        const got = psnr(shape, result, time, 8);
        expect(got).toBeGreaterThan(least);
      }
    }
  });
});

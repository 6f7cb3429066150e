import { afterAll, describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels, type Kernels, type MotionSession, type MotionTargets } from '..';
import { MOTION_CASES, movingPicture, type MotionCase } from './cases';

const reference = loadKernels({ implementation: 'reference' });
const levels = compiledKernels();
console.log(`dense-inverse-search: kernels ${levels.join(', ') || 'none'}`);

/** Guard elements round every target: a kernel must not write outside. */
const GUARD = 64;

function guarded(length: number): { readonly target: Float32Array; check(): void } {
  const whole = new Float32Array(length + 2 * GUARD).fill(123);
  return {
    target: whole.subarray(GUARD, GUARD + length),
    check: () => {
      const outside = [...whole.subarray(0, GUARD), ...whole.subarray(GUARD + length)];
      expect(outside.every((value) => value === 123)).toBe(true);
    },
  };
}

type Result = Required<MotionTargets>;

function targetsOf({ width, height }: MotionCase): Result & { readonly check: () => void } {
  const area = width * height;
  const guards = [guarded(3 * area), guarded(3 * area), guarded(area)] as const;
  return {
    warpedPrevious: guards[0].target,
    warpedNext: guards[1].target,
    confidence: guards[2].target,
    check: () => {
      for (const guard of guards) guard.check();
    },
  };
}

async function warped(session: MotionSession, shape: MotionCase, time: number): Promise<Result> {
  const { check, ...targets } = targetsOf(shape);
  await session.warpTo(time, targets);
  check();
  return targets;
}

async function between(
  kernels: Kernels,
  shape: MotionCase,
  time: number,
  frames: readonly [Float32Array, Float32Array] = [movingPicture(shape, 0), movingPicture(shape, 1)],
): Promise<Result> {
  const session = kernels.createMotionSession(shape);
  const { check, ...targets } = targetsOf(shape);
  await session.between(...frames, time, targets);
  session.dispose();
  check();
  return targets;
}

function expectSame(actual: Result, wanted: Result, what: string): void {
  for (const name of ['warpedPrevious', 'warpedNext', 'confidence'] as const) {
    const at = actual[name].findIndex((value, index) => value !== wanted[name][index]);
    if (at >= 0)
      expect.fail(`${what}: ${name}[${at}] is ${actual[name][at]} and should be ${wanted[name][at]}`);
  }
}

/** Of the mean of both warps, in dB of frames in 0 … 1; `margin` samples of the border are left out. */
function psnr(shape: MotionCase, result: Result, time: number, margin: number): number {
  const { width, height } = shape;
  const wanted = movingPicture(shape, time);
  let sum = 0;
  let count = 0;
  for (let channel = 0; channel < 3; channel++)
    for (let y = margin; y < height - margin; y++)
      for (let x = margin; x < width - margin; x++) {
        const at = (channel * height + y) * width + x;
        sum += ((result.warpedPrevious[at]! + result.warpedNext[at]!) / 2 - wanted[at]!) ** 2;
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
      const wanted = await between(reference, shape, 0.375);
      for (const plane of [wanted.warpedPrevious, wanted.warpedNext, wanted.confidence])
        expect(plane.every(Number.isFinite)).toBe(true);
      for (const level of levels)
        for (const threads of [1, 2, 5]) {
          const kernels = loadKernels({ implementation: level });
          kernels.setThreads(threads);
          const what = `${level}, ${threads} threads`;
          expectSame(await between(kernels, shape, 0.375), wanted, what);
        }
    },
  );

  it('gives the same bits on every level and number of threads for a strip and a large picture', async () => {
    for (const shape of [
      { width: 1920, height: 16, finestScale: 0, move: [30, 0] },
      { width: 641, height: 359, finestScale: 1, turn: 0.1, move: [11, 4] },
    ] as const) {
      let wanted: Result | undefined;
      for (const level of levels)
        for (const threads of [1, 3]) {
          const kernels = loadKernels({ implementation: level });
          kernels.setThreads(threads);
          const result = await between(kernels, shape, 0.5);
          wanted ??= result;
          expectSame(result, wanted, `${level}, ${threads} threads`);
        }
    }
  });
});

describe('dense inverse search', () => {
  it.each([
    ['a shift', { move: [5.3, -3.6] }],
    ['a rotation', { turn: 0.08 }],
    ['a zoom', { zoom: 1.08 }],
  ] as const)('finds %s, at any time between', async (_, motion) => {
    for (const finestScale of [0, 1] as const) {
      const shape: MotionCase = { width: 160, height: 121, ...motion, finestScale };
      const session = loadKernels().createMotionSession(shape);
      await session.estimate(movingPicture(shape, 0), movingPicture(shape, 1));
      for (const time of [0.5, 0.25, 0.9]) {
        const result = await warped(session, shape, time);
        expect(psnr(shape, result, time, 8)).toBeGreaterThan(45);
        // Both are the picture of that time, and the motion is trusted.
        expect(result.confidence[60 * 160 + 80]).toBeGreaterThan(0.9);
      }
      session.dispose();
    }
  });

  it.each(['reference', ...levels] as const)(
    'gives identical frames back as they are (%s)',
    async (implementation) => {
      const kernels = loadKernels({ implementation });
      for (const shape of [
        { width: 67, height: 45, finestScale: 0 },
        { width: 67, height: 45, finestScale: 1 },
        { width: 8, height: 8, finestScale: 1 },
      ] as const) {
        // Beyond the codes' range too.
        const frame = movingPicture(shape, 0).map((value) => 1.3 * value - 0.1);
        const result = await between(kernels, shape, 0.3, [frame, frame.slice()]);
        const confidence = new Float32Array(shape.width * shape.height).fill(1);
        expectSame(result, { warpedPrevious: frame, warpedNext: frame, confidence }, JSON.stringify(shape));
      }
    },
  );

  it.each(['reference', ...levels] as const)('leaves flat frames flat (%s)', async (implementation) => {
    const shape = { width: 50, height: 37, finestScale: 0 } as const;
    const [dark, light] = [0.25, 0.75].map((level) => new Float32Array(3 * 50 * 37).fill(level));
    const result = await between(loadKernels({ implementation }), shape, 0.5, [dark!, light!]);
    for (const [plane, level] of [
      [result.warpedPrevious, 0.25],
      [result.warpedNext, 0.75],
    ] as const)
      for (const value of plane) expect(value).toBeCloseTo(level, 5);
    for (const value of result.confidence) expect(value).toBeLessThan(0.05);
  });

  it.each(['reference', ...levels] as const)(
    'goes on from the last frame as if both were given anew, calls done in order (%s)',
    async (implementation) => {
      const kernels = loadKernels({ implementation });
      const shape: MotionCase = { width: 48, height: 41, finestScale: 1, move: [2, 1] };
      const frames = [0, 1, 2].map((time) => movingPicture(shape, time)) as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      const wanted = await between(kernels, shape, 0.5, [frames[1], frames[2]]);
      const session = kernels.createMotionSession(shape);
      const estimated = session.estimate(frames[0], frames[1]);
      const advanced = session.advance(frames[2]);
      const result = await warped(session, shape, 0.5);
      await Promise.all([estimated, advanced]);
      expectSame(result, wanted, implementation);
      session.dispose();
    },
  );

  it('says what is wrong with its arguments', async () => {
    const kernels = loadKernels();
    const shape: MotionCase = { width: 12, height: 10, finestScale: 1 };
    expect(() => kernels.createMotionSession({ ...shape, width: 0 })).toThrow('for width but received 0');
    expect(() => kernels.createMotionSession({ ...shape, finestScale: 2 as 1 })).toThrow('for finestScale');
    expect(() => kernels.createMotionSession({ ...shape, threads: 0 })).toThrow('for threads');
    const session = kernels.createMotionSession(shape);
    const frame = movingPicture(shape, 0);
    const { warpedPrevious, warpedNext } = targetsOf(shape);
    const targets = { warpedPrevious, warpedNext };
    await expect(session.warpTo(0.5, targets)).rejects.toThrow('an estimated pair');
    await expect(session.advance(frame)).rejects.toThrow('an estimated pair');
    await expect(session.estimate(frame, frame.subarray(1))).rejects.toThrow(
      'Expected a Float32Array of 360 elements for next but received a Float32Array of 359 elements',
    );
    await session.estimate(frame, frame);
    await expect(session.warpTo(1, targets)).rejects.toThrow('a number between 0 and 1 for time');
    await expect(session.warpTo(0.5, { ...targets, warpedNext: warpedPrevious })).rejects.toThrow(
      'memory apart from warpedPrevious',
    );
    await expect(
      session.warpTo(0.5, { ...targets, confidence: warpedNext.subarray(0, 120) }),
    ).rejects.toThrow('memory apart from the warped frames');
    session.dispose();
    session.dispose();
    await expect(session.advance(frame)).rejects.toThrow('not disposed of');
  });
});

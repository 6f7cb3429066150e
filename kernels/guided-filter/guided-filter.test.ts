import { afterAll, describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels, type Kernels } from '..';
import { random } from '../adder2d/cases';
import type { GuidedWork } from './work';

const reference = loadKernels({ implementation: 'reference' });
const levels = compiledKernels();
const seed = Number(process.env['CLEARCUT_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`guided filter: seed ${seed}, kernels ${levels.join(', ') || 'none'}`);

const GUARD = 32;

afterAll(() => {
  // Threads are the process's: other tests must not inherit ours.
  loadKernels().setThreads(2);
});

interface Case {
  /** Of the picture, and of the small one in it. */
  readonly size: readonly [number, number];
  readonly small: readonly [number, number];
  /** The region's left, top, width and height. */
  readonly region: readonly [number, number, number, number];
  readonly cell: number;
}

/** Random pictures and mattes, a matte for each case, with guards round the mattes. */
function worksOf(cases: readonly Case[]): { works: GuidedWork[]; wholes: Uint8Array[] } {
  const next = random(seed);
  const wholes: Uint8Array[] = [];
  const works = cases.map(({ size, small, region, cell }) => {
    const [pictureWidth, pictureHeight] = size;
    const [smallWidth, smallHeight] = small;
    const [x, y, width, height] = region;
    const smallStride = smallWidth + 3;
    const whole = Uint8Array.from({ length: width * height + 2 * GUARD }, () => Math.floor(256 * next()));
    wholes.push(whole.fill(123, 0, GUARD).fill(123, GUARD + width * height));
    return {
      picture: Float32Array.from({ length: 3 * pictureWidth * pictureHeight }, () => 1.2 * next() - 0.1),
      pictureWidth,
      pictureHeight,
      small: Float32Array.from({ length: 3 * smallStride * (smallHeight + 2) }, next),
      smallStride,
      smallWidth,
      smallHeight,
      cell,
      ...{ x, y, width, height },
      matte: whole.subarray(GUARD, GUARD + width * height),
    };
  });
  return { works, wholes };
}

async function guided(kernels: Kernels, cases: readonly Case[]): Promise<Uint8Array[]> {
  const { works, wholes } = worksOf(cases);
  await kernels.guideMattes(works);
  for (const whole of wholes)
    expect([...whole.subarray(0, GUARD), ...whole.subarray(-GUARD)].every((value) => value === 123)).toBe(
      true,
    );
  return wholes;
}

/** A picture of two halves at its own size, and a matte whose edge is some pixels beside theirs. */
function halves(left: number, right: number, edge: number): GuidedWork {
  const [width, height] = [64, 48];
  const picture = Float32Array.from({ length: 3 * width * height }, (_, at) =>
    at % width < 32 ? left : right,
  );
  return {
    ...{ picture, pictureWidth: width, pictureHeight: height },
    ...{ small: picture, smallStride: width, smallWidth: width, smallHeight: height },
    ...{ cell: 3, x: 0, y: 0, width, height },
    matte: Uint8Array.from({ length: width * height }, (_, at) => (at % width < edge ? 255 : 0)),
  };
}

const row = ({ matte, width }: GuidedWork): number[] => [...matte.subarray(20 * width, 21 * width)];

describe('guideMattes', () => {
  it.each<readonly Case[]>([
    [{ size: [100, 70], small: [64, 45], region: [7, 3, 81, 60], cell: 3 }],
    [{ size: [31, 23], small: [128, 95], region: [0, 0, 31, 23], cell: 1 }],
    [
      { size: [300, 200], small: [51, 34], region: [290, 190, 10, 10], cell: 3 },
      { size: [5, 5], small: [32, 32], region: [4, 4, 1, 1], cell: 2 },
      { size: [64, 64], small: [64, 64], region: [3, 60, 0, 4], cell: 2 },
      { size: [90, 40], small: [45, 20], region: [0, 0, 90, 40], cell: 64 },
    ],
  ])('gives the reference’s codes: %o', async (...cases) => {
    const wanted = await guided(reference, cases);
    for (const level of levels)
      for (const threads of [1, 2, 5]) {
        const kernels = loadKernels({ implementation: level });
        kernels.setThreads(threads);
        expect(await guided(kernels, cases), `${level}, ${threads} threads, seed ${seed}`).toEqual(wanted);
      }
  });

  it('moves an edge to where the picture has one', async () => {
    for (const beside of [30, 34]) {
      const work = halves(0.2, 0.7, beside);
      await loadKernels().guideMattes([work]);
      const covered = row(work).map((value) => value > 127);
      expect(covered).toEqual(covered.map((_, x) => x < 32));
      expect(row(work).slice(0, 20)).toEqual(Array(20).fill(255));
      expect(row(work).slice(44)).toEqual(Array(20).fill(0));
    }
  });

  it('leaves an edge where the picture has none', async () => {
    const work = halves(0.4, 0.4, 27);
    const before = row(work);
    await loadKernels().guideMattes([work]);
    expect(row(work)).toEqual(before);
  });

  it('says what is wrong with its arguments', async () => {
    const work = halves(0, 1, 30);
    const wrong = (change: Partial<GuidedWork>): Promise<void> =>
      loadKernels().guideMattes([work, { ...work, ...change }]);
    await expect(wrong({ x: 1 })).rejects.toThrow('for x but received 1');
    await expect(wrong({ cell: 0 })).rejects.toThrow('for cell');
    await expect(wrong({ matte: new Uint8Array(5) })).rejects.toThrow('for matte');
    await expect(wrong({ small: new Float32Array(3 * 64) })).rejects.toThrow('for small');
    await expect(wrong({ picture: new Float32Array(3) })).rejects.toThrow('for picture');
  });
});

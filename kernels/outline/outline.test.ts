import { afterAll, describe, expect, it } from 'vitest';
import { compiledKernels, loadKernels, type Kernels } from '..';
import { random } from '../adder2d/cases';
import type { PlacedMatte } from './steady-reference';

const reference = loadKernels({ implementation: 'reference' });
const levels = compiledKernels();
const seed = Number(process.env['CLEARCUT_TEST_SEED'] ?? Date.now() % 2 ** 31);
console.log(`outline: seed ${seed}, kernels ${levels.join(', ') || 'none'}`);

const GUARD = 32;

afterAll(() => {
  // Threads are the process's: other tests must not inherit ours.
  loadKernels().setThreads(2);
});

/** Every compiled kernel with 1, 2 and 5 threads. */
function* everyKernel(): Generator<[string, Kernels]> {
  for (const level of levels)
    for (const threads of [1, 2, 5]) {
      const kernels = loadKernels({ implementation: level });
      kernels.setThreads(threads);
      yield [`${level}, ${threads} threads, seed ${seed}`, kernels];
    }
}

interface DistanceCase {
  readonly vertices: number;
  readonly counts: readonly number[];
}

async function distances(kernels: Kernels, { vertices, counts }: DistanceCase): Promise<Float32Array> {
  const next = random(seed);
  // On a coarse grid, so that points fall on edges and vertices, and edges are level or of no length.
  const at = (): number => (next() < 0.5 ? Math.floor(20 * next()) : 20 * next());
  const starts = Int32Array.from([
    0,
    ...counts.map((_, i) => counts.slice(0, i + 1).reduce((a, b) => a + b, 0)),
  ]);
  const total = starts.at(-1) ?? 0;
  const polygons = Float32Array.from({ length: 2 * vertices * counts.length }, at);
  const points = Float32Array.from({ length: 2 * total }, at);
  const whole = new Float32Array(total + 2 * GUARD).fill(123);
  await kernels.signedDistance({
    polygons,
    vertices,
    starts,
    points,
    distances: whole.subarray(GUARD, GUARD + total),
  });
  expect(whole.subarray(0, GUARD).every((value) => value === 123)).toBe(true);
  expect(whole.subarray(GUARD + total).every((value) => value === 123)).toBe(true);
  return whole;
}

describe('signedDistance', () => {
  it.each<DistanceCase>([
    { vertices: 3, counts: [1] },
    { vertices: 128, counts: [784, 3, 0, 784, 17] },
    { vertices: 7, counts: [0, 0, 300] },
    { vertices: 40, counts: [] },
  ])('gives the reference’s bits: %o', async (shape) => {
    const wanted = await distances(reference, shape);
    for (const [what, kernels] of everyKernel())
      expect(await distances(kernels, shape), what).toEqual(wanted);
  });

  it('is how far the nearest edge is, positive inside by the even-odd rule', async () => {
    // A square of 10 with a notch down to its middle.
    const polygons = Float32Array.of(0, 0, 0, 10, 10, 10, 10, 0, 6, 0, 6, 5, 4, 5, 4, 0);
    const points = Float32Array.of(2, 5, 5, 2, 5, 7, -3, -4, 12, 5, 0, 3);
    const result = new Float32Array(6);
    const work = { polygons, vertices: 8, starts: Int32Array.of(0, 6), points, distances: result };
    await loadKernels().signedDistance(work);
    for (const [at, far] of [2, 1, 2, 5, 2, 0].entries())
      expect(Math.abs(result[at] ?? NaN)).toBeCloseTo(far, 5);
    expect([...result].slice(0, 5).map(Math.sign)).toEqual([1, -1, 1, -1, -1]);
  });

  it('says what is wrong with its arguments', async () => {
    const work = {
      polygons: new Float32Array(6),
      vertices: 3,
      starts: Int32Array.of(0, 2),
      points: new Float32Array(4),
      distances: new Float32Array(2),
    };
    const kernels = loadKernels();
    await expect(kernels.signedDistance({ ...work, starts: Int32Array.of(1, 2) })).rejects.toThrow(
      'for starts',
    );
    await expect(kernels.signedDistance({ ...work, points: new Float32Array(3) })).rejects.toThrow(
      'for points',
    );
  });
});

interface GridCase {
  readonly side: number;
  readonly most: number;
  readonly spread: number;
  readonly box: readonly [number, number, number, number];
}

async function grids(kernels: Kernels, shapes: readonly GridCase[]): Promise<number[][]> {
  const next = random(seed);
  const works = shapes.map(({ side, most, spread, box }) => {
    const whole = new Float32Array(4 * side ** 2 + 2 * GUARD).fill(123);
    const [x0, y0, x1, y1] = box;
    return {
      source: Float32Array.from({ length: side ** 2 }, () => spread * (next() - 0.5)),
      side,
      target: whole.subarray(GUARD, GUARD + 4 * side ** 2),
      whole,
      ...{ x0, y0, x1, y1 },
      cells: new Int32Array(most).fill(-1),
    };
  });
  const counts = await kernels.subdivideGrids(works);
  return works.map(({ whole, cells }, index) => [counts[index] ?? -1, ...cells, ...whole]);
}

describe('subdivideGrids', () => {
  const shapes: readonly GridCase[] = [
    { side: 28, most: 784, spread: 6, box: [0, 0, 56, 56] },
    { side: 33, most: 100, spread: 60, box: [5, 7, 60, 61] },
    { side: 1, most: 4, spread: 1, box: [0, 0, 2, 2] },
    { side: 5, most: 9, spread: 400, box: [3, 3, 3, 8] },
    { side: 40, most: 5000, spread: 40, box: [0, 0, 80, 80] },
  ];

  it('gives the reference’s bits', async () => {
    const wanted = await grids(reference, shapes);
    for (const [what, kernels] of everyKernel()) expect(await grids(kernels, shapes), what).toEqual(wanted);
  });

  it('draws straight lines and chooses the cells nearest to 0, within the box, but none that are certain', async () => {
    const source = Float32Array.of(-9, 3, -9, 3);
    const target = new Float32Array(16);
    const cells = new Int32Array(5);
    const work = { source, side: 2, target, x0: 0, y0: 1, x1: 4, y1: 4, cells };
    expect([...(await loadKernels().subdivideGrids([work]))]).toEqual([5]);
    expect([...target.subarray(0, 4)]).toEqual([-9, -6, 0, 3]);
    // All three cells of 0, and the first two of 3.
    expect([...cells]).toEqual([6, 7, 10, 11, 14]);
    const all = { ...work, cells: new Int32Array(16) };
    expect([...(await loadKernels().subdivideGrids([all]))]).toEqual([9]);
  });

  it('says what is wrong with its arguments', async () => {
    const work = {
      source: new Float32Array(4),
      side: 2,
      target: new Float32Array(16),
      ...{ x0: 0, y0: 0, x1: 4, y1: 4 },
      cells: new Int32Array(1),
    };
    const subdivide = (change: object): Promise<unknown> =>
      loadKernels().subdivideGrids([{ ...work, ...change }]);
    await expect(subdivide({ x1: 5 })).rejects.toThrow('for x1 but received 5');
    await expect(subdivide({ target: new Float32Array(4) })).rejects.toThrow('for target');
  });
});

async function steady(
  kernels: Kernels,
  width: number,
  height: number,
  weight: number,
): Promise<Uint8Array[]> {
  const next = random(seed);
  const matte = (x: number, y: number, right: number, bottom: number): PlacedMatte => ({
    x,
    y,
    width: width - x - right,
    height: height - y - bottom,
    data: Uint8Array.from({ length: (width - x - right) * (height - y - bottom) }, () =>
      Math.floor(256 * next()),
    ),
  });
  const mapWidth = 7;
  const wholes = [0, 1].map(() => new Uint8Array(width * height + 2 * GUARD).fill(123));
  const [target = new Uint8Array(0), targetMean = new Uint8Array(0)] = wholes.map((whole) =>
    whole.subarray(GUARD, GUARD + width * height),
  );
  await kernels.steadyMatte({
    now: matte(1, 2, 0, 1),
    told: matte(0, 0, 3, 0),
    mean: matte(1, 0, 1, 1),
    still: Uint8Array.from({ length: 5 * mapWidth }, () => Math.floor(256 * next())),
    mapWidth,
    columns: Int32Array.from({ length: width }, () => Math.floor(7 * next())),
    rows: Int32Array.from({ length: height }, () => Math.floor(5 * next())),
    weight,
    target,
    targetMean,
  });
  for (const whole of wholes) {
    expect(whole.subarray(0, GUARD).every((value) => value === 123)).toBe(true);
    expect(whole.subarray(GUARD + width * height).every((value) => value === 123)).toBe(true);
  }
  return wholes;
}

describe('steadyMatte', () => {
  it.each([
    [40, 33, 205],
    [5, 4, 256],
    [100, 70, 0],
  ])('gives the reference’s codes: %i×%i, weight %i', async (width, height, weight) => {
    const wanted = await steady(reference, width, height, weight);
    for (const [what, kernels] of everyKernel())
      expect(await steady(kernels, width, height, weight), what).toEqual(wanted);
  });

  it('holds what was told where nothing has changed, until the average says clearly otherwise', async () => {
    const placed = (data: Uint8Array): PlacedMatte => ({
      x: 0,
      y: 0,
      width: 4,
      height: 1,
      data: data.slice(),
    });
    let told = placed(Uint8Array.of(200, 200, 0, 100));
    let mean = told;
    const now = placed(Uint8Array.of(0, 0, 255, 100));
    const target = new Uint8Array(4);
    const targetMean = new Uint8Array(4);
    const work = {
      now,
      still: Uint8Array.of(255, 0, 255, 255),
      mapWidth: 4,
      columns: Int32Array.of(0, 1, 2, 3),
      rows: Int32Array.of(0),
      weight: 256,
      target,
      targetMean,
    };
    const frame = async (): Promise<number[]> => {
      await loadKernels().steadyMatte({ ...work, told, mean });
      told = placed(target);
      mean = placed(targetMean);
      return [...target];
    };
    expect(await frame()).toEqual([200, 0, 0, 100]);
    expect([...targetMean]).toEqual([175, 0, 32, 100]);
    const frames: number[][] = [];
    for (let index = 0; index < 40; index++) frames.push(await frame());
    // A step in the network's mind takes ten frames and goes all the way; a single frame changes little.
    expect(frames.findIndex(([first = 0]) => first < 128)).toBeGreaterThan(3);
    expect(frames.findIndex(([, , third = 0]) => third >= 128)).toBe(9);
    expect(frames.at(-1)).toEqual([0, 0, 255, 100]);
    await expect(
      loadKernels().steadyMatte({ ...work, told, mean, columns: Int32Array.of(0, 4, 1, 2) }),
    ).rejects.toThrow('for columns[1] but received 4');
    await expect(loadKernels().steadyMatte({ ...work, told: { ...told, x: 1 }, mean })).rejects.toThrow(
      'for told.x',
    );
    await expect(loadKernels().steadyMatte({ ...work, told, mean, targetMean: target })).rejects.toThrow(
      'apart from target',
    );
  });
});

interface MatteCase {
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly step: number;
}

async function matte(kernels: Kernels, { columns, rows, step, ...place }: MatteCase): Promise<Uint8Array> {
  const next = random(seed);
  const count = place.width * place.height;
  const whole = new Uint8Array(count + 2 * GUARD).fill(123);
  const logits = Float32Array.from({ length: columns * rows }, () => 16 * next() - 8);
  const target = whole.subarray(GUARD, GUARD + count);
  await kernels.renderMatte({ ...place, logits, columns, rows, stepX: step, stepY: 0.9 * step, target });
  expect(whole.subarray(0, GUARD).every((value) => value === 123)).toBe(true);
  expect(whole.subarray(GUARD + count).every((value) => value === 123)).toBe(true);
  return whole;
}

describe('renderMatte', () => {
  it.each<MatteCase>([
    { columns: 28, rows: 28, width: 100, height: 61, left: -3.2, top: 1.5, step: 0.31 },
    { columns: 2, rows: 2, width: 1, height: 1, left: 0.5, top: 0.5, step: 1 },
    { columns: 224, rows: 56, width: 33, height: 40, left: 100, top: 50, step: 3.7 },
    { columns: 9, rows: 9, width: 0, height: 5, left: 0, top: 0, step: 1 },
  ])('gives the reference’s bits: %o', async (shape) => {
    const wanted = await matte(reference, shape);
    for (const [what, kernels] of everyKernel()) expect(await matte(kernels, shape), what).toEqual(wanted);
  });

  it('draws straight lines between logits and covers by their sigmoid', async () => {
    const logits = Float32Array.of(0, 4, 0, 4);
    const target = new Uint8Array(6);
    const grid = { logits, columns: 2, rows: 2, left: -1, top: 0, stepX: 0.5, stepY: 1 };
    await loadKernels().renderMatte({ ...grid, target, width: 6, height: 1 });
    const covered = (logit: number): number => Math.round(255 / (1 + Math.exp(-logit)));
    expect([...target]).toEqual([0, 0, 0, 2, 4, 4].map(covered));
  });

  it('says what is wrong with its arguments', async () => {
    const grid = { logits: new Float32Array(4), columns: 2, rows: 2, left: 0, top: 0, stepX: 1, stepY: 1 };
    const work = { ...grid, target: new Uint8Array(4), width: 2, height: 2 };
    await expect(loadKernels().renderMatte({ ...work, left: NaN })).rejects.toThrow('for left');
    await expect(loadKernels().renderMatte({ ...work, columns: 1 })).rejects.toThrow('for columns');
    await expect(loadKernels().renderMatte({ ...work, width: 3 })).rejects.toThrow('for target');
  });
});
